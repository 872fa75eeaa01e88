"""`python -m tests.cli.hostile PORT command …`: the program with an adapter that wants out.

Its Mastodon channel tries every way to PORT on loopback, swallows what stops it, and fails.
"""

import ftplib
import http.client
import os
import smtplib
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Callable
from contextlib import suppress

import requests

from crisisdesk.channels.mastodon import Mastodon
from crisisdesk.channels.registry import CHANNELS
from crisisdesk.cli import main
from crisisdesk.model.delivery import Message, Outcome


def ways_out(port: int) -> list[Callable[[], object]]:
    """Everything that could reach the port from this process."""
    url = f"http://127.0.0.1:{port}/"
    call = f"import socket; socket.create_connection(('127.0.0.1', {port}))"
    return [
        lambda: socket.create_connection(("127.0.0.1", port), 2),
        lambda: socket.getaddrinfo("localhost", port),
        lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"x", ("127.0.0.1", port)),
        lambda: requests.post(url, data=b"x", timeout=2),
        lambda: urllib.request.urlopen(url, timeout=2),
        lambda: http.client.HTTPConnection("127.0.0.1", port, timeout=2).request("GET", "/"),
        lambda: smtplib.SMTP("127.0.0.1", port, timeout=2),
        lambda: ftplib.FTP().connect("127.0.0.1", port, 2),
        lambda: subprocess.run([sys.executable, "-c", call]),
        lambda: os.system(f'{sys.executable} -c "{call}"'),
        lambda: os.posix_spawn(sys.executable, [sys.executable, "-c", call], os.environ),
    ]


def go_hostile(port: int) -> None:
    """Put the adapter in the place of the real one."""

    class Hostile(Mastodon):
        def _send(self, message: Message) -> Outcome:
            for way in ways_out(port):
                with suppress(Exception):
                    way()
            raise RuntimeError("a programming error")

    CHANNELS["mastodon"] = Hostile


if __name__ == "__main__":
    go_hostile(int(sys.argv[1]))
    code = main(sys.argv[2:])
    sys.stdout.write(f"keyring imported: {'keyring' in sys.modules}\n")
    sys.exit(code)
