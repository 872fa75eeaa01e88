"""`make screenshots`: draw every screen in every theme, scale and state into docs/gallery.

ARGS="console --theme dark" draws only the screens whose names begin so, in one theme. The index
page docs/gallery/index.html shows everything drawn so far. Each story runs in a process of its
own, as an exercise closes its process's way out for good.
"""

import argparse
import importlib
import json
import os
import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
GALLERY = ROOT / "docs" / "gallery"
IMAGES = ROOT / "docs" / "images"
STORIES = (
    "console", "second", "night", "record", "first_start", "words", "strain", "exercise",
    "directing",
)  # fmt: skip
"""The long ones first: two run at a time."""

EXERCISES = ("exercise", "directing")
"""Those that lie on an exercise's ground."""

SIZES = ("100", "200", "text200")
SHOWN = (
    "approve-telephone-light",
    "board-light",
    "console-ready-light",
    "side-by-side-light",
    "states-light",
)
"""The pictures that README.md and docs/guide.md show."""


def main() -> int:
    """Draw what was asked for; returns how many stories failed."""
    args = _parse()
    if args.story:
        return _tell(args)
    begun = time.monotonic()
    GALLERY.mkdir(parents=True, exist_ok=True)
    jobs = [(story, text) for text in _texts(args.size) for story in STORIES]
    with ThreadPoolExecutor(2) as pool:
        failed = sum(pool.map(_in_a_process, *zip(*jobs, strict=True)))
    from tests.gallery import index

    drawn, changed = index.write(GALLERY)
    took = time.monotonic() - begun
    sys.stderr.write(f"{drawn} pictures in {took:.0f} s, {changed} of them new or changed: ")
    sys.stderr.write(f"{GALLERY / 'index.html'}\n")
    if args.documents:
        _copy_shown()
    return failed


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make screenshots", description=__doc__)
    parser.add_argument("screens", nargs="*", metavar="SCREEN", help="names, or how they begin")
    parser.add_argument("--theme", action="append", help="light, dark or contrast")
    parser.add_argument("--size", action="append", choices=SIZES)
    parser.add_argument("--documents", action="store_true", help="copy some to docs/images")
    parser.add_argument("--story", choices=STORIES, help=argparse.SUPPRESS)
    parser.add_argument("--text", type=int, default=100, help=argparse.SUPPRESS)
    return parser.parse_args()


def _texts(sizes: list[str] | None) -> list[int]:
    """The sizes of text asked for. A dialog is laid out once, so each has a process of its own."""
    large = [200] if not sizes or "text200" in sizes else []
    return large if sizes == ["text200"] else [100, *large]


def _in_a_process(story: str, text: int) -> int:
    environment = {
        **os.environ,
        "QT_QPA_PLATFORM": "offscreen",
        "TZ": "UTC",
        "QT_SCALE_FACTOR": "1",
    }
    command = [sys.executable, "-m", "tests.gallery", "--story", story, "--text", str(text)]
    command += sys.argv[1:]
    return subprocess.run(command, env=environment, cwd=ROOT, check=False).returncode


def _tell(args: argparse.Namespace) -> int:
    """Play one story in this process, unless it shows nothing that was asked for."""
    from PySide6.QtCore import qInstallMessageHandler
    from PySide6.QtWidgets import QApplication

    from tests.gallery import camera
    from tests.gallery.stage import Stage

    story = importlib.import_module(f"tests.gallery.{args.story}")
    wanted = args.screens
    if wanted and not any(camera.begins(a, b) for a in story.DRAWS for b in wanted):
        return 0
    begun = time.monotonic()
    qInstallMessageHandler(_say)
    app = QApplication([])
    looks = camera.looks(args.theme or (), args.size or (), args.text)
    photographer = camera.Photographer(
        app, GALLERY, looks, wanted, exercise=args.story in EXERCISES
    )
    with Stage(app, photographer) as stage:
        story.tell(stage)
    taken = [
        {"name": name, "theme": look.theme, "size": look.size, "file": file.name}
        for name, look, file in photographer.taken
    ]
    (GALLERY / f"{args.story}-{args.text}.json").write_text(json.dumps(taken), encoding="utf-8")
    took = f"{len(taken)} pictures, {time.monotonic() - begun:.1f} s"
    sys.stderr.write(f"{args.story}, text {args.text} %: {took}\n")
    return 0


def _say(_kind: object, _context: object, words: str) -> None:
    """Qt's warnings, but for what its offscreen plugin says whenever a window opens."""
    if "propagateSizeHints" not in words:
        sys.stderr.write(f"{words}\n")


def _copy_shown() -> None:
    for name in SHOWN:
        shutil.copyfile(GALLERY / f"{name}.png", IMAGES / f"{name}.png")


if __name__ == "__main__":
    sys.exit(main())
