"""Every error a user can meet.

CrisisDeskError
├── BadInput          a file, feed, setting or field that cannot be used as it is
├── Refused           the program will not do this, and says why
├── StoreError        the database cannot be opened or written
├── LogBroken         the log does not verify
└── NetworkError
    ├── NotSent       nothing left this computer: safe to try again
    │   └── Untrusted  the server could not prove who it is: trying again is no cure
    ├── AnswerLost    bytes left, no trustworthy answer came: the outcome is unknown
    └── GateClosed    an exercise tried to reach the real network
"""


class CrisisDeskError(Exception):
    """Says what happened and what to do about it, both in plain words."""

    def __init__(self, problem: str, to_do: str = "") -> None:
        super().__init__(f"{problem} {to_do}".strip())
        self.problem = problem
        self.to_do = to_do


class BadInput(CrisisDeskError):
    """Something we were given cannot be used."""


class Refused(CrisisDeskError):
    """A rule of the desk forbids this action."""


class StoreError(CrisisDeskError):
    """The database cannot be opened, read or written."""


class LogBroken(CrisisDeskError):
    """The log does not verify."""


class NetworkError(CrisisDeskError):
    """Something went wrong between this computer and a network."""


class NotSent(NetworkError):
    """No request left this computer; trying again cannot publish twice."""


class Untrusted(NotSent):
    """The server's certificate does not hold; it heard nothing from us."""


class AnswerLost(NetworkError):
    """The request may have been carried out; nobody told us."""


class GateClosed(NetworkError):
    """An exercise process tried to leave the computer."""
