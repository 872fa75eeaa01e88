"""The console as a program: from its call to its end."""

import os
import sys
from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QLocale, QSettings, QTimer
from PySide6.QtWidgets import QApplication

from crisisdesk import config
from crisisdesk.system import program_log
from ui.app import Console
from ui.settings.looks import wear
from ui.start.arguments import Call, parse
from ui.theme import STYLE, Theme

NO_SCREEN = (
    "crisisdesk: There is no display here (neither DISPLAY nor WAYLAND_DISPLAY is set). "
    "Start it on a computer with a screen; crisisdesk --help names the commands that need none.\n"
)


def run(arguments: Sequence[str]) -> int:
    """Open the console and stay until it is closed."""
    args = parse(arguments)
    if not _has_screen():
        sys.stderr.write(NO_SCREEN)
        return 1
    QLocale.setDefault(QLocale("en_GB"))  # what screen readers are to speak, wherever it runs
    app = QApplication([*sys.argv[:1], *STYLE])
    app.setApplicationName("CrisisDesk")
    paths = config.paths(args.data)
    loaded = config.load_settings(paths.settings)
    Theme.set_text(app, loaded.settings.text_percent)
    console = Console(paths, QSettings("CrisisDesk", "console"), _say if args.say_shown else None)
    # Dressed once it is whole: with a style sheet, every part put into another is dressed anew.
    wear(loaded.settings, theme=args.theme)
    program_log.start(paths.exercises if args.exercise else paths.home, console.tasks.fail)
    if loaded.problems:
        console.start_page.notice.problem(
            " ".join(str(each) for each in loaded.problems),
            "Have the file corrected before the next start; it can wait for the morning.",
            "The settings that are named here count as if they were not written.",
        )
    console.window.show()
    if console.say:
        from ui.start.launching import SHOWN  # it brings what starts processes

        console.say(SHOWN)
    _begin(console, args)
    code = app.exec()
    console.close()
    program_log.stop()
    return code


def _has_screen() -> bool:
    """Qt would end the program with words for those who build it."""
    named = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    return sys.platform != "linux" or any(map(os.environ.get, named))


def _say(word: str) -> None:
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


def _begin(console: Console, args: Call) -> None:
    """Go where the call leads, once the window lives."""
    if args.live:
        QTimer.singleShot(0, console.open_live)
    elif args.exercise:
        QTimer.singleShot(0, partial(console.open_exercise, args.exercise, args.speed))
    elif args.review:
        QTimer.singleShot(0, partial(console.open_review, args.review))
    else:
        QTimer.singleShot(200, console.warm_up)
