"""mitmproxy in front of real servers: the server has done it, and the client never hears of it."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import requests

from tests.servers.install import MITMPROXY_VENV
from tests.servers.launching import ServerMissingError, answers, free_port, running_program

ADDON = Path(__file__).with_name("mitm_addon.py")


@dataclass(frozen=True)
class Mitm:
    """A running proxy; `urls` has the address to use in place of each server's own."""

    urls: Mapping[str, str]

    def spoil(self, kind: str, match: str, times: int = 1, seconds: float = 0) -> None:
        """Plan a fault for the next `times` requests whose "METHOD path" begins with `match`.

        After the server has done it: "close" ends the connection in place of the answer, "cut" in
        the middle of it, "delay" holds it back for `seconds`, "gateway" answers 502 and "portal"
        a web page with status 200. Before: "swallow" closes, "limit" is a 429 that asks to wait
        `seconds`.
        """
        told = {"kind": kind, "match": match, "times": times, "seconds": seconds}
        requests.post(self._control, json=told, timeout=10).raise_for_status()

    def take_keys_away(self) -> None:
        """From now on no Idempotency-Key reaches a server."""
        requests.post(self._control, json={"without_keys": True}, timeout=10).raise_for_status()

    def delivered(self, match: str) -> int:
        """How many requests that begin with `match` have reached a server."""
        lines = requests.get(self._control, timeout=10).json()
        return sum(line.startswith(match) for line in lines)

    def forget(self) -> None:
        """No faults, keys again, and count from nought."""
        requests.delete(self._control, timeout=10).raise_for_status()

    @property
    def _control(self) -> str:
        return f"{next(iter(self.urls.values()))}/__faults__"


@contextmanager
def running_mitm(folder: Path, servers: Mapping[str, str]) -> Iterator[Mitm]:
    """A proxy before each of these base URLs. Raises ServerMissingError before `make servers`."""
    program = MITMPROXY_VENV / "bin" / "mitmdump"
    if not program.exists():
        raise ServerMissingError("mitmproxy is not installed; type: make servers")
    ports = {name: free_port() for name in servers}
    argv = [program, "--quiet", "--listen-host", "127.0.0.1", "--scripts", ADDON]
    argv += ["--set", f"confdir={folder}"]
    for name, url in servers.items():
        argv += ["--mode", f"reverse:{url}@127.0.0.1:{ports[name]}"]
    mitm = Mitm({name: f"http://127.0.0.1:{port}" for name, port in ports.items()})
    with running_program(argv, lambda: _ready(mitm), folder / "mitm.log"):
        yield mitm


def _ready(mitm: Mitm) -> bool:
    return all(answers(f"{url}/__faults__") for url in mitm.urls.values())
