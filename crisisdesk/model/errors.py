"""Every error a user can meet.

CrisisDeskError
├── BadInput          a file, feed, setting or field that cannot be used as it is
├── Refused           the program will not do this, and says why
│   ├── AlreadyComposed  this very message was composed before, here or at another desk
│   └── NothingSent    a message is kept from going out
│       └── StillWaiting  it waits for a second person as before
├── StoreError        the database cannot be opened or written
├── LogBroken         the log does not verify
├── Unexpected        a mistake of the program itself
└── NetworkError
    ├── NotSent       nothing left this computer: safe to try again
    │   └── Untrusted  the server could not prove who it is: trying again is no cure
    ├── AnswerLost    bytes left, no trustworthy answer came: the outcome is unknown
    └── GateClosed    an exercise tried to reach the real network
"""


class CrisisDeskError(Exception):
    """Says what happened, what it means for the public or the record, and what to do next.

    All in plain words, each in sentences of its own. What it means is left out where the first
    words say it; what to do is never left out. A detail is for whoever mends the program.
    """

    meaning = ""
    """What it means where nothing more is known; a kind of error may know more."""

    def __init__(self, problem: str, to_do: str, meaning: str = "", detail: str = "") -> None:
        self.problem = problem
        self.to_do = to_do
        self.meaning = meaning or self.meaning
        self.detail = detail
        small = f"({detail})" if detail else ""
        super().__init__(" ".join(filter(None, (problem, self.meaning, to_do, small))))


class BadInput(CrisisDeskError):
    """Something we were given cannot be used."""


class Refused(CrisisDeskError):
    """A rule of the desk forbids this action."""


class AlreadyComposed(Refused):
    """This very message was composed before, here or at another desk."""


class NothingSent(Refused):
    """A rule of the desk keeps a message from going out."""

    meaning = "Nothing was sent."


class StillWaiting(NothingSent):
    """A message is not approved by this, and waits as before."""

    meaning = "The message still waits; nothing was sent."


class StoreError(CrisisDeskError):
    """The database cannot be opened, read or written."""


class LogBroken(CrisisDeskError):
    """The log does not verify."""


class Unexpected(CrisisDeskError):
    """The program itself failed, in a way nobody thought of."""


class NetworkError(CrisisDeskError):
    """Something went wrong between this computer and a network."""


class NotSent(NetworkError):
    """No request left this computer; trying again cannot publish twice."""

    meaning = "Nothing was sent."


class Untrusted(NotSent):
    """The server's certificate does not hold; it heard nothing from us."""


class AnswerLost(NetworkError):
    """The request may have been carried out; nobody told us."""

    meaning = "It may have been carried out: the outcome is unknown."


class GateClosed(NetworkError):
    """An exercise process tried to leave the computer."""

    meaning = "Nothing has left this computer."
