"""The program's own log: kept small, private, and silent about what people wrote."""

import logging
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from crisisdesk.model.errors import AnswerLost, BadInput, NotSent, StoreError, Unexpected
from crisisdesk.net.redact import keep_out_of_logs
from crisisdesk.system import program_log

log = logging.getLogger("crisisdesk.somewhere")


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Path]:
    """A log in a folder that does not exist yet."""
    level = logging.getLogger().level
    program_log.start(tmp_path / "desk")
    yield tmp_path / "desk" / program_log.NAME
    program_log.stop()
    logging.getLogger().setLevel(level)


def fail_with(error: Exception) -> None:
    """Raise and log, as a worker does."""
    try:
        raise error
    except Exception:
        log.exception("a task failed")


def test_nothing_is_made_until_there_is_something_to_say(kept: Path) -> None:
    assert not kept.parent.exists()
    log.warning("the keyring did not answer")
    assert "the keyring did not answer" in kept.read_text(encoding="utf-8")
    assert kept.stat().st_mode & 0o077 == 0
    assert kept.parent.stat().st_mode & 0o077 == 0


def test_it_tells_where_and_not_what(kept: Path) -> None:
    fail_with(ValueError("Help, trapped in flat 12, Mill Lane"))
    said = kept.read_text(encoding="utf-8")
    assert "ValueError" in said
    assert "test_program_log.py" in said
    assert "fail_with" in said
    assert "Mill Lane" not in said
    assert len(said.splitlines()) == 1


@pytest.mark.parametrize(
    ("error", "wanted"),
    [
        (StoreError("The disk is full.", "Free some space."), "The disk is full."),
        (NotSent("a.example did not answer.", "Try again."), "a.example did not answer."),
        (OSError(13, "Permission denied"), "Permission denied"),
    ],
)
def test_it_keeps_the_words_that_are_ours_or_the_systems(
    kept: Path, error: Exception, wanted: str
) -> None:
    fail_with(error)
    assert wanted in kept.read_text(encoding="utf-8")


def test_no_secret_gets_in(kept: Path) -> None:
    keep_out_of_logs("hunter2hunter2")
    fail_with(StoreError("The token hunter2hunter2 is wrong.", "Try again."))
    log.error("again: %s", "hunter2hunter2")
    assert "hunter2" not in kept.read_text(encoding="utf-8")


def test_it_never_grows_for_ever(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(program_log, "BYTES", 500)
    for number in range(200):
        log.error("number %d", number)
    files = list(kept.parent.iterdir())
    assert len(files) == 1 + program_log.KEPT
    assert all(file.stat().st_size <= 500 for file in files)


def test_what_nobody_caught_is_kept_and_told(tmp_path: Path) -> None:
    heard: list[Exception] = []
    program_log.start(tmp_path, heard.append)
    try:
        error = KeyError("nobody")
        sys.excepthook(KeyError, error, None)
    finally:
        program_log.stop()
    assert heard == [error]
    assert "nobody caught this" in (tmp_path / program_log.NAME).read_text(encoding="utf-8")
    assert sys.excepthook is sys.__excepthook__


def test_an_unknown_error_says_what_to_do_and_where_to_look(kept: Path) -> None:
    told = program_log.explained(KeyError("a mention"))
    assert isinstance(told, Unexpected)
    assert told.to_do
    assert str(kept) in told.detail
    assert "a mention" not in str(told)
    program_log.stop()
    assert program_log.explained(KeyError("x")).detail == "KeyError"


def test_a_known_error_stays_as_it_is() -> None:
    error = BadInput("The name is empty.", "Type one.")
    assert program_log.explained(error) is error
    assert str(AnswerLost("No answer.", "Look.")).endswith("is unknown. Look.")
