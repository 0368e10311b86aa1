"""The one tree of exceptions. Foreign errors are mapped to these where they enter.

StraymailError
├── BadInput             what the user gave cannot be used: says file, line, field, and what is allowed
│   ├── AddressError     not an RFC 5321 mailbox
│   ├── ConfigError      straymail.toml
│   └── ArchiveError     an mbox, Maildir, .eml, CSV or vCard file
├── NotFound             no such held message, log entry, key ...
├── Conflict             the thing is no longer in a state that allows this (already released ...)
│   └── Outdated         what is to be written was made from an older state of the store
├── TokenRefused         a reply's token is unknown, used, expired, or belongs to another sender
│   └── NotAsked         mail to the desk without a token: it answers no question
└── Unavailable          temporary: the caller answers 451 or follows the named failure policy
    ├── StoreDown        the database cannot be reached or is full
    └── NextHopDown      the next hop refused temporarily or cannot be reached
        └── TlsFailed    it offered STARTTLS, agreed, and no encryption came of it
"""

from __future__ import annotations

READERS = "root, or the user the guard runs as (`sudo -u straymail`)"
"""Who may read what lies in the data folder."""


class StraymailError(Exception):
    """Base of every error Straymail raises on purpose."""


class BadInput(StraymailError):
    """Input that cannot be used.

    Args:
        problem: what is wrong, in plain words.
        file: the file it stands in, if any.
        line: 1-based line, 0 when unknown.
        field: the key, column or header concerned.
        allowed: what would be accepted.
    """

    def __init__(self, problem: str, *, file: str = "", line: int = 0, field: str = "", allowed: str = "") -> None:
        self.problem, self.file, self.line, self.field, self.allowed = problem, file, line, field, allowed
        super().__init__(str(self))

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}: " if self.file and self.line else f"{self.file}: " if self.file else ""
        field = f"{self.field}: " if self.field else ""
        allowed = f" (allowed: {self.allowed})" if self.allowed else ""
        return f"{where}{field}{self.problem}{allowed}"


class AddressError(BadInput):
    """Not an RFC 5321 mailbox."""


class ConfigError(BadInput):
    """A fault in straymail.toml."""


class ArchiveError(BadInput):
    """An archive file that cannot be read as what it claims to be."""


class NotFound(StraymailError):
    """No such held message, entry or key."""


class Conflict(StraymailError):
    """The thing is no longer in a state that allows this."""


class Outdated(Conflict):
    """What is to be written was made from an older state of the store; nothing was written."""


class TokenRefused(StraymailError):
    """A token that is unknown, used, expired, or bound to another sender."""


class NotAsked(TokenRefused):
    """Mail to the desk without a token: it answers no question."""


class Unavailable(StraymailError):
    """A temporary failure."""


class StoreDown(Unavailable):
    """The database cannot be reached, or is full."""


class NextHopDown(Unavailable):
    """The next hop refused temporarily, or cannot be reached."""


class TlsFailed(NextHopDown):
    """The next hop agreed to STARTTLS, and no encryption came of it; that connection is lost."""
