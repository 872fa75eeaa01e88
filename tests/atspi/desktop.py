"""A desktop of its own: a virtual screen, a window manager, a session bus with AT-SPI."""

import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests.servers.launching import ServerMissingError, find_program, running_program

SYSTEM_PYTHON = "/usr/bin/python3"
"""Debian's own: its AT-SPI bindings are no package of PyPI."""

LAUNCHER_FOLDERS = ("/usr/libexec", "/usr/lib/at-spi2-core")
SCREEN = "1366x768x24"
PACKAGES = {
    "Xvfb": "xvfb",
    "dbus-daemon": "dbus",
    "matchbox-window-manager": "matchbox-window-manager",
    "xdotool": "xdotool",
    "xset": "x11-xserver-utils",
    "at-spi-bus-launcher": "at-spi2-core",
}


@contextmanager
def running_desktop(folder: Path) -> Iterator[Mapping[str, str]]:
    """Gives the environment in which a program is on that desktop and can be read out.

    Raises ServerMissingError, naming the Debian package, where something is not installed.
    """
    programs = {name: find_program(name, PACKAGES[name], LAUNCHER_FOLDERS) for name in PACKAGES}
    _need_bindings()
    environment = _environment(folder)
    with ExitStack() as stack:

        def run(name: str, *words: str, ready: Path | None = None) -> None:
            log = folder / f"{name}.log"
            stack.enter_context(
                running_program(
                    [programs[name], *words],
                    ready.exists if ready else lambda: True,
                    log,
                    environment=environment,
                )
            )

        environment["DISPLAY"] = _show_screen(stack, programs["Xvfb"], folder)
        bus = f"--address={environment['DBUS_SESSION_BUS_ADDRESS']}"
        run("dbus-daemon", "--session", "--nofork", "--nopidfile", bus, ready=folder / "bus")
        run("matchbox-window-manager", "-use_titlebar", "no")
        run("at-spi-bus-launcher", "--launch-immediately")
        # A machine under load repeats keys that nobody holds, and that looks like letting go.
        subprocess.run(
            [programs["xset"], "r", "off"], env={**os.environ, **environment}, check=True
        )
        yield environment


def _need_bindings() -> None:
    probe = [SYSTEM_PYTHON, "-c", "import pyatspi"]
    there = Path(SYSTEM_PYTHON).exists()
    if not there or subprocess.run(probe, capture_output=True, check=False).returncode:
        raise ServerMissingError(
            "the AT-SPI bindings are not installed; type: "
            "sudo apt-get install -y python3-pyatspi gir1.2-atspi-2.0"
        )


def _environment(folder: Path) -> dict[str, str]:
    runtime = folder / "runtime"
    runtime.mkdir(mode=0o700)
    return {
        "HOME": os.fspath(folder),
        "XDG_RUNTIME_DIR": os.fspath(runtime),
        "XDG_CONFIG_HOME": os.fspath(folder / "config"),
        "DBUS_SESSION_BUS_ADDRESS": f"unix:path={folder / 'bus'}",
        "QT_QPA_PLATFORM": "xcb",
        "QT_LINUX_ACCESSIBILITY_ALWAYS_ON": "1",
        "GTK_MODULES": "",
        "LC_ALL": "cy_GB.UTF-8",  # another language than the program speaks
    }


def _show_screen(stack: ExitStack, server: str, folder: Path) -> str:
    """Start the X server on the first display that is free; its name, as in ":99"."""
    told = folder / "display"
    shell = shutil.which("bash") or "/bin/bash"
    command = f'exec "$0" -displayfd 3 -screen 0 {SCREEN} -nolisten tcp -noreset 3>"$1"'
    stack.enter_context(
        running_program(
            [shell, "-c", command, server, told],
            lambda: told.exists() and told.read_text().endswith("\n"),
            folder / "xvfb.log",
        )
    )
    return f":{told.read_text().strip()}"
