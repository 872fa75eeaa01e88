"""An exercise and a live desk have nothing of each other's."""

from dataclasses import fields
from typing import Any

import pytest

from crisisdesk.desk.desk import Parts
from crisisdesk.model.errors import GateClosed
from crisisdesk.model.mode import Mode
from crisisdesk.net import Net


def test_an_exercise_is_given_no_live_network() -> None:
    nothing: dict[str, Any] = {each.name: None for each in fields(Parts)}
    with pytest.raises(GateClosed, match="An exercise gets no live network"):
        Parts(**nothing | {"mode": Mode.EXERCISE, "net": Net(Mode.LIVE)})
