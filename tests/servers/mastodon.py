"""The PyPI package mastodon_mock: the Mastodon API, kept by code that is not ours."""

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import requests

from tests.servers.install import MASTODON_VENV
from tests.servers.launching import ServerMissingError, answers, free_port, running_program

# Invented for these tests; they open nothing anywhere else.
DESK_TOKEN = "desk-token"
CITIZEN_TOKEN = "citizen-token"

CONFIGURATION = f"""\
[[seed.accounts]]
username = "desk"
display_name = "River County Resilience"
access_token = "{DESK_TOKEN}"

[[seed.accounts]]
username = "citizen"
display_name = "A Citizen"
access_token = "{CITIZEN_TOKEN}"
"""


@dataclass(frozen=True)
class MastodonServer:
    """A running server with two accounts: `desk`, which publishes, and `citizen`."""

    base_url: str
    database: Path
    desk_token: str = DESK_TOKEN
    citizen_token: str = CITIZEN_TOKEN

    def published(self, username: str = "desk") -> list[str]:
        """Plain texts of an account's statuses, oldest first, from the server's own database."""
        with closing(sqlite3.connect(f"file:{self.database}?mode=ro", uri=True)) as database:
            rows = database.execute(
                "SELECT statuses.text FROM statuses"
                " JOIN accounts ON accounts.id = statuses.account_id"
                " WHERE accounts.username = ? ORDER BY statuses.id",
                (username,),
            )
            return [str(text) for (text,) in rows]

    def post_as_citizen(self, text: str, in_reply_to_id: str | None = None) -> str:
        """Publish a status in the citizen's name and give its id; `@desk` in it is a mention."""
        answer = requests.post(
            f"{self.base_url}/api/v1/statuses",
            headers={"Authorization": f"Bearer {self.citizen_token}"},
            data={"status": text, "in_reply_to_id": in_reply_to_id},
            timeout=10,
        )
        answer.raise_for_status()
        return str(answer.json()["id"])

    def fail_next(self, path: str, status: int, headers: Mapping[str, str] | None = None) -> None:
        """Make the next request to `path` get `status` instead of its answer, once."""
        effect = {"type": "status", "status": status, "headers": dict(headers or {})}
        rule = {"match": {"path": path}, "effect": effect, "count": 1}
        url = f"{self.base_url}/api/v1/_mock/faults"
        requests.post(url, json=rule, timeout=10).raise_for_status()


@contextmanager
def running_mastodon(folder: Path) -> Iterator[MastodonServer]:
    """A server on a free loopback port with its database in `folder`.

    Raises ServerMissingError before `make servers` was run.
    """
    program = MASTODON_VENV / "bin" / "mastodon_mock"
    if not program.exists():
        raise ServerMissingError("mastodon_mock is not installed; type: make servers")
    database = folder / "mastodon.sqlite"
    config = folder / "mastodon_mock.toml"
    port = free_port()
    settings = f"[server]\nport = {port}\n[database]\npath = '{database}'\n"
    config.write_text(settings + CONFIGURATION)
    server = MastodonServer(f"http://127.0.0.1:{port}", database)
    argv = [str(program), "serve", "--config", str(config), "--log-level", "warning"]
    log = folder / "mastodon.log"
    # It keeps its pictures in the system's temporary folder, and leaves them there.
    environment = {"TMPDIR": str(folder)}
    ready_url = f"{server.base_url}/api/v1/instance"
    with running_program(argv, lambda: answers(ready_url), log, environment=environment):
        yield server
