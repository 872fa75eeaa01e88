"""A real Bluesky personal data server (PDS) from npm, with its directory, on loopback."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import requests

from tests.servers.appview import MENTION, POSTS, running_appview
from tests.servers.install import BLUESKY, NODE
from tests.servers.launching import ServerMissingError, free_port, running_program

Json = dict[str, Any]


@dataclass(frozen=True)
class Account:
    """One account of the server; `handle` ends in `.test`."""

    base_url: str
    did: str
    handle: str
    password: str
    access_token: str

    def call(self, method: str, body: Json | None = None, **query: str | int) -> Json:
        """Call an XRPC method in this account's name: POST with a body, GET without."""
        answer = requests.request(
            "GET" if body is None else "POST",
            f"{self.base_url}/xrpc/{method}",
            params=query,
            json=body,
            headers={"Authorization": f"Bearer {self.access_token}"},
            timeout=10,
        )
        answer.raise_for_status()
        content: Json = answer.json()
        return content

    def post(
        self, text: str, mentioning: Sequence["Account"] = (), reply_to: Json | None = None
    ) -> Json:
        """Publish a post and give its `uri` and `cid`, which also serve as a `reply_to`.

        Each account of `mentioning` must stand in the text as `@handle`.
        """
        record: Json = {
            "$type": POSTS,
            "text": text,
            "createdAt": datetime.now(UTC).isoformat().replace("+00:00", "Z"),
            "facets": [_mention(text, account) for account in mentioning],
        }
        if reply_to:
            parent = {"uri": reply_to["uri"], "cid": reply_to["cid"]}
            record["reply"] = {"root": parent, "parent": parent}
        body = {"repo": self.did, "collection": POSTS, "record": record}
        return self.call("com.atproto.repo.createRecord", body)


def _mention(text: str, account: Account) -> Json:
    start = len(text[: text.index(f"@{account.handle}")].encode())
    end = start + len(f"@{account.handle}".encode())
    feature = {"$type": MENTION, "did": account.did}
    return {"index": {"byteStart": start, "byteEnd": end}, "features": [feature]}


@dataclass(frozen=True)
class Pds:
    """A running server; `plc_url` is the directory that knows its accounts."""

    base_url: str
    plc_url: str

    def create_account(self, handle: str, password: str) -> Account:
        """Make an account; `handle` must end in `.test`, its first part be 3 to 18 letters."""
        name = handle.removesuffix(".test")
        body = {"handle": handle, "password": password, "email": f"{name}@example.org"}
        url = f"{self.base_url}/xrpc/com.atproto.server.createAccount"
        answer = requests.post(url, json=body, timeout=30)
        answer.raise_for_status()
        made = answer.json()
        return Account(self.base_url, made["did"], made["handle"], password, made["accessJwt"])

    def posts(self, did: str) -> list[Json]:
        """Records of an account's posts, oldest first, as anybody may read them."""
        query = {"repo": did, "collection": POSTS, "reverse": "true", "limit": "100"}
        url = f"{self.base_url}/xrpc/com.atproto.repo.listRecords"
        answer = requests.get(url, params=query, timeout=10)
        answer.raise_for_status()
        return [record["value"] for record in answer.json()["records"]]


@contextmanager
def running_pds(folder: Path) -> Iterator[Pds]:
    """A server with its data in `folder`, its notifications and search answered by an AppView.

    Raises ServerMissingError before `make servers` was run.
    """
    if not (BLUESKY / "node_modules").exists():
        raise ServerMissingError("the Bluesky server is not installed; type: make servers")
    log = folder / "pds.log"
    with running_appview() as (view, view_url):
        argv: list[str | Path] = [
            NODE,
            BLUESKY / "pds.mjs",
            folder / "pds",
            str(free_port()),
            view_url,
        ]
        quiet = {"LOG_ENABLED": "false", "NODE_NO_WARNINGS": "1"}
        with running_program(argv, lambda: bool(_ready_line(log)), log, environment=quiet):
            ready = json.loads(_ready_line(log))
            view.pds_url = ready["pds"]
            yield Pds(ready["pds"], ready["plc"])


def _ready_line(log: Path) -> str:
    lines = log.read_text(errors="replace").splitlines(keepends=True)
    return next((line for line in lines if line.startswith('{"pds"') and line.endswith("\n")), "")
