"""`python -m tests.screenshots [STORY …]`: draw every screen, light and dark, and at 200 %.

Everything lands in docs/images/all, which git ignores; the few pictures that the documents show are
copied to docs/images. Each story runs in a process of its own, because an exercise closes its
process's way out for good and the scale is fixed when Qt starts.
"""

import argparse
import importlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

IMAGES = Path(__file__).resolve().parents[2] / "docs" / "images"
ALL = IMAGES / "all"
STORIES = ("live", "second", "night", "exercise", "strain")
THEMES = ("light", "dark")
SCALES = (1, 2)
SHOWN = (
    "start-light",
    "accounts-light",
    "people-light",
    "approve-telephone-light",
    "board-light",
    "account-form-good-light",
    "console-ready-light",
    "states-light",
    "exercise-dark",
    "review-broken-light",
)
"""The pictures that README.md and docs/guide.md show."""


def main() -> int:
    """Draw the stories named, or all; returns how many processes failed."""
    parser = argparse.ArgumentParser(prog="python -m tests.screenshots", description=__doc__)
    parser.add_argument("stories", nargs="*", metavar="STORY", help=", ".join(STORIES))
    parser.add_argument("--theme", choices=THEMES, help=argparse.SUPPRESS)
    parser.add_argument("--suffix", default="", help=argparse.SUPPRESS)
    args = parser.parse_args()
    stories = args.stories or STORIES
    if unknown := set(stories) - set(STORIES):
        parser.error(f"no such story: {', '.join(sorted(unknown))}")
    if args.theme:
        _draw(stories[0], args.theme, args.suffix)
        return 0
    return _draw_all(stories)


def _draw_all(stories: tuple[str, ...] | list[str]) -> int:
    ALL.mkdir(parents=True, exist_ok=True)
    jobs = [(s, t, scale) for s in stories for t in THEMES for scale in SCALES]
    failed = sum(_in_a_process(*job) != 0 for job in jobs)
    for name in SHOWN:
        if (drawn := ALL / f"{name}.png").exists():
            shutil.copyfile(drawn, IMAGES / drawn.name)
    return failed


def _in_a_process(story: str, theme: str, scale: int) -> int:
    suffix = "" if scale == 1 else f"-{scale}00"
    sys.stderr.write(f"drawing {story}, {theme}, {scale}00 % …\n")
    environment = {
        **os.environ,
        "QT_QPA_PLATFORM": "offscreen",
        "QT_SCALE_FACTOR": str(scale),
        # The pictures show what most people have: a keyring. It is one that keeps nothing lasting.
        "PYTHON_KEYRING_BACKEND": "tests.screenshots.keyring_in_memory.KeyringInMemory",
    }
    command = [sys.executable, "-m", "tests.screenshots", story, "--theme", theme]
    command += ["--suffix", suffix]
    return subprocess.run(command, env=environment, check=False).returncode


def _draw(story: str, theme: str, suffix: str) -> None:
    from tests.screenshots.stage import Stage

    stage = Stage(ALL, theme, suffix)
    importlib.import_module(f"tests.screenshots.{story}").tell(stage)


if __name__ == "__main__":
    sys.exit(main())
