"""A server that only counts who comes: in an exercise nobody may."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Canary:
    """Listens on loopback; `visits` counts connections."""

    def __init__(self) -> None:
        self.visits = 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self._thread = threading.Thread(target=self._listen)
        self._thread.start()

    def _listen(self) -> None:
        while True:
            visitor, _ = self._listener.accept()
            with visitor:
                if visitor.recv(16) == b"stop":
                    return
            self.visits += 1

    def close(self) -> None:
        """Stop, which also proves that it would have noticed a visitor until now."""
        with socket.create_connection(("127.0.0.1", self.port)) as last:
            last.sendall(b"stop")
        self._thread.join()
        self._listener.close()


@contextmanager
def canary() -> Iterator[Canary]:
    """A canary that listens inside the `with`."""
    bird = Canary()
    try:
        yield bird
    finally:
        bird.close()
