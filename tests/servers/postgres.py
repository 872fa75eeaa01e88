"""A PostgreSQL cluster of its own, on loopback, that leaves nothing behind."""

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.servers.launching import find_program, free_port, running_program


@contextmanager
def running_postgres(folder: Path) -> Iterator[str]:
    """An empty database; gives its SQLAlchemy URL, for the psycopg 3 driver.

    Its data lie directly under the system's temporary folder, because another user must reach
    them; the log goes to `folder`. Raises ServerMissingError without PostgreSQL.
    """
    # PostgreSQL refuses to run as root; Debian's package makes this account for it.
    user = "postgres" if os.geteuid() == 0 else None
    initdb, postgres, pg_isready = map(_program, ("initdb", "postgres", "pg_isready"))
    home = Path(tempfile.mkdtemp(prefix="crisisdesk-postgres-"))
    port = free_port()
    try:
        if user:
            shutil.chown(home, user, user)
        _create_cluster(initdb, home, user)
        with running_program(
            _server_command(postgres, home, port),
            lambda: _is_ready(pg_isready, port),
            folder / "postgres.log",
            user=user,
            stop_signal=signal.SIGINT,  # at SIGTERM it would wait for its clients to leave
        ):
            yield f"postgresql+psycopg://postgres@127.0.0.1:{port}/postgres"
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _program(name: str) -> str:
    installed = Path("/usr/lib/postgresql").glob("*/bin")
    newest_first = sorted(installed, key=lambda path: int(path.parent.name), reverse=True)
    return find_program(name, "postgresql", newest_first)


def _create_cluster(initdb: str, home: Path, user: str | None) -> None:
    options = ["--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync"]
    command = [initdb, f"--pgdata={home / 'data'}", *options]
    subprocess.run(command, cwd=home, check=True, stdout=subprocess.DEVNULL, user=user, group=user)


def _server_command(postgres: str, home: Path, port: int) -> list[str]:
    settings = ["listen_addresses=127.0.0.1", f"unix_socket_directories={home}", "fsync=off"]
    options = [word for setting in settings for word in ("-c", setting)]
    return [postgres, "-D", str(home / "data"), "-p", str(port), *options]


def _is_ready(pg_isready: str, port: int) -> bool:
    command = [pg_isready, "--quiet", "--host=127.0.0.1", f"--port={port}"]
    return subprocess.run(command, check=False).returncode == 0
