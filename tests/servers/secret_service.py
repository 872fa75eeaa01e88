"""A real Secret Service: gnome-keyring, unlocked, on a session bus of its own."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from jeepney import message_bus
from jeepney.io.blocking import open_dbus_connection

from tests.servers.launching import find_program, running_program

SERVICE = "org.freedesktop.secrets"


@contextmanager
def running_secret_service(folder: Path) -> Iterator[Mapping[str, str]]:
    """Gives the environment variables by which a program finds the bus and its keyring.

    Set them in this process (`monkeypatch.setenv`) or give them to a subprocess: a keyring that
    connects after that is the real one. Secrets lie in `folder`, which is their HOME.
    Raises ServerMissingError without the Debian packages dbus and gnome-keyring.
    """
    dbus = find_program("dbus-daemon", "dbus")
    keyring = find_program("gnome-keyring-daemon", "gnome-keyring")
    environment = _environment(folder)
    address = environment["DBUS_SESSION_BUS_ADDRESS"]
    bus_command = [dbus, "--session", "--nofork", "--nopidfile", f"--address={address}"]
    socket, log = folder / "bus", folder / "dbus.log"
    with running_program(bus_command, socket.exists, log, environment=environment):
        # --unlock reads the password of the login keyring from standard input and makes it.
        command = [keyring, "--foreground", "--unlock", "--components=secrets"]
        with running_program(
            command,
            lambda: _is_owned(address),
            folder / "keyring.log",
            environment=environment,
            typed=b"a password of the tests",
        ):
            yield environment


def _environment(folder: Path) -> dict[str, str]:
    runtime = folder / "runtime"
    runtime.mkdir(mode=0o700)
    return {
        "HOME": os.fspath(folder),
        "XDG_DATA_HOME": os.fspath(folder / "data"),
        "XDG_RUNTIME_DIR": os.fspath(runtime),
        "DBUS_SESSION_BUS_ADDRESS": f"unix:path={folder / 'bus'}",
    }


def _is_owned(address: str) -> bool:
    # Asking the service itself would make the bus start a second, locked one.
    with open_dbus_connection(bus=address) as bus:
        reply = bus.send_and_get_reply(message_bus.NameHasOwner(SERVICE), timeout=5)
    return bool(reply.body[0])
