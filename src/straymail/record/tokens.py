"""One-time tokens: what a sender's answer must carry. Only digests are stored.

A token is the held message's id (10 characters) + 16 base32 characters of an HMAC over id and sender: lower-case, fits
a plus-tag of a 64-octet local part, survives case folding. 80 bits cannot be guessed; one-time by ``used_at``.
"""

from __future__ import annotations

import base64
import hashlib

from sqlalchemy import Connection, delete, insert, select, update

from straymail.errors import TokenRefused
from straymail.message import Address
from straymail.record.keys import Keys
from straymail.record.persons import is_person
from straymail.record.schema import token

_SIGNATURE = 10  # bytes; 16 base32 characters


def issue(connection: Connection, keys: Keys, held_id: str, sender: str, expires_at: float) -> str:
    """Make the token of a held message for its sender; the same while it is unused."""
    text = held_id + base64.b32encode(keys.sign("token", held_id, sender.lower())[:_SIGNATURE]).decode().lower()
    if connection.execute(select(token.c.digest).where(token.c.digest == _digest(text))).one_or_none() is None:
        connection.execute(
            insert(token).values(digest=_digest(text), held_id=held_id, sender=sender.lower(), expires_at=expires_at)
        )
    return text


def held_id_of(text: str, keys: Keys, *senders: str) -> str:
    """The held message a token belongs to, if it was made for one of these names of the sender.

    Nothing is looked up or used.

    Raises:
        TokenRefused: malformed, or made for somebody else.
    """
    folded = text.lower()
    identifier, signature = folded[:10], folded[10:]
    try:
        mac = base64.b32decode(signature.upper())
    except ValueError:
        mac = b""
    made = [keys.verify(mac, "token", identifier, sender.lower()) for sender in senders]
    if len(mac) != _SIGNATURE or not any(made):
        raise TokenRefused("it must come from the address that was asked, and go to the one that asked")
    return identifier


def use(connection: Connection, text: str, now: float) -> None:
    """Use it up, in the transaction of what it allows.

    Raises:
        TokenRefused: unknown, expired or used already.
    """
    digest = _digest(text.lower())
    row = connection.execute(select(token).where(token.c.digest == digest)).one_or_none()
    if row is None:
        raise TokenRefused("this token is unknown")
    if row.expires_at < now:
        raise TokenRefused("this token has expired")
    done = connection.execute(
        update(token).where(token.c.digest == digest, token.c.used_at.is_(None)).values(used_at=now)
    )
    if done.rowcount != 1:
        raise TokenRefused("this token was used already")


def erase(connection: Connection, who: Address) -> int:
    """Remove the tokens made for a person; returns how many."""
    near = token.c.sender.endswith(f"@{who.domain}", autoescape=True)
    query = select(token.c.digest, token.c.sender).where(near)
    found = [row.digest for row in connection.execute(query) if is_person(row.sender, who)]
    for digest in found:
        connection.execute(delete(token).where(token.c.digest == digest))
    return len(found)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
