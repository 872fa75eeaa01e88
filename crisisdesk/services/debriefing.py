"""Debriefing: the hot debrief's answers, kept beside the log of the exercise."""

from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path

import orjson

from crisisdesk.model.moment import iso

DEBRIEF_NAME = "debrief.json"


class Debriefing:
    """Asks what the scenario wants asked, straight after ENDEX."""

    def __init__(
        self, questions: tuple[str, ...], folder: Path, now: Callable[[], datetime]
    ) -> None:
        self.questions = questions
        self._folder = folder
        self._now = now

    def keep(self, answers: Mapping[str, str]) -> Path:
        """Write every question with its answer, "" where there is none; returns the file."""
        kept = {
            "mode": "exercise",
            "at": iso(self._now()),
            "answers": [
                {"question": each, "answer": answers.get(each, "").strip()}
                for each in self.questions
            ],
        }
        file = self._folder / DEBRIEF_NAME
        file.write_bytes(orjson.dumps(kept, option=orjson.OPT_INDENT_2))
        return file
