"""The sections of ``straymail.toml`` other than ``[organisation]`` and ``[policy]``, each field described beside it."""

from __future__ import annotations

from datetime import UTC, timedelta
from pathlib import Path
from typing import Annotated, Literal, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, WithJsonSchema, model_validator

from straymail.config.units import (
    Duration,
    Listen,
    ListenTcp,
    NextHop,
    Off,
    Outbox,
    Size,
    SomeTime,
    Tcp,
    TimeZone,
    UnixSocket,
    below,
)
from straymail.errors import AddressError
from straymail.message import Address, Limits, parse_address


def read_address(value: object) -> Address:
    """An address from its written form; ValueError says what is wrong."""
    if isinstance(value, Address):
        return value
    try:
        return parse_address(str(value))
    except AddressError as error:
        raise ValueError(f"an e-mail address such as name@mod.example; {error.problem}") from error


MailAddress = Annotated[
    Address, BeforeValidator(read_address), PlainSerializer(str), WithJsonSchema({"type": "string", "format": "email"})
]

_DESK_LOCAL = 37  # octets; with "+" and a token of 26 it is the 64 of RFC 5321 4.5.3.1.1


class Section(BaseModel):
    """Base of every section: unknown keys are refused, values never change after reading."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True)


class LimitSettings(Section):
    """Bounds on one message. Beyond one of them ``policy.on_oversize`` decides; the mail itself is never cut."""

    size: Size = Field(default=64 << 20, ge=1 << 10, le=2 << 30, description="Largest message read, in bytes.")
    decoded: Size = Field(
        default=64 << 20, ge=1 << 10, le=4 << 30, description="Most bytes decoded from all parts together."
    )
    parts: int = Field(default=1_000, ge=1, le=100_000, description="Most MIME parts.")
    depth: int = Field(default=50, ge=1, le=200, description="Deepest nesting of MIME parts.")
    headers: int = Field(default=2_000, ge=10, le=100_000, description="Most header lines.")
    header_size: Size = Field(default=256 << 10, ge=1 << 10, le=16 << 20, description="Most bytes of header.")
    recipients: int = Field(default=5_000, ge=1, le=100_000, description="Most recipients of one transaction.")

    def limits(self) -> Limits:
        """The same bounds as the parser takes them."""
        return Limits(**{name: getattr(self, name) for name in type(self).model_fields})


class Gateway(Section):
    """The doors through which mail passes: a milter for Postfix and Sendmail, an SMTP proxy for any other server."""

    milter: Listen = Field(
        default=UnixSocket(Path("milter.sock")),
        description='Where the milter listens: "unix:/path" (fastest), "inet:127.0.0.1:8891" or "off".',
    )
    milter_socket_mode: str = Field(
        default="0660",
        pattern="^0?[0-7]{3}$",
        description="Permissions of the Unix socket, octal. Postfix must be able to open it.",
    )
    listen: ListenTcp = Field(
        default=Tcp("127.0.0.1", 2525), description='Where the SMTP proxy listens: "host:port" or "off".'
    )
    next_hop: NextHop = Field(
        default=Tcp("127.0.0.1", 10026),
        description="Where mail goes next, from the proxy and when a held message is released: "
        '"host:port", or "outbox:/folder" to write each message to a file (trials).',
    )
    hostname: str = Field(default="", description="Name given in greetings; empty: the machine's own name.")
    starttls_out: Literal["never", "may", "must"] = Field(
        default="may",
        description="TLS towards the next hop: never, when offered and it works (certificate not checked), or always "
        "(and checked).",
    )
    tls_cert: Path | None = Field(
        default=None, description="PEM certificate chain; with tls_key, the proxy offers STARTTLS to clients."
    )
    tls_key: Path | None = Field(default=None, description="PEM private key that belongs to tls_cert.")
    max_connections: int = Field(
        default=1_000, ge=1, le=100_000, description="Most connections at once, each door; beyond it new ones get 421."
    )
    judge_timeout: SomeTime = Field(
        default=timedelta(seconds=30),
        description="Longest time to judge one message; beyond it policy.on_timeout decides.",
    )
    idle_timeout: SomeTime = Field(
        default=timedelta(minutes=5),
        description="A connection that says nothing for this long is closed (RFC 5321 4.5.3.2).",
    )
    shutdown_grace: Duration = Field(
        default=timedelta(seconds=30), description="At shutdown, how long messages under way may take to finish."
    )
    limits: LimitSettings = Field(default=LimitSettings(), description="Bounds on one message.")

    @model_validator(mode="after")
    def _pair(self) -> Gateway:
        if (self.tls_cert is None) != (self.tls_key is None):
            raise ValueError("tls_cert and tls_key belong together: give both or neither")
        return self


class Desk(Section):
    """Held messages: the notices that ask a sender, and the answers that come back as replies."""

    address: MailAddress | None = Field(
        default=None,
        description="Notices come from here, and answers go to it with +TOKEN before the @. The guard consumes them. "
        "Empty: straymail@ the first of organisation.domains.",
    )
    from_name: str = Field(default="Straymail", min_length=1, max_length=80, description="Display name on notices.")
    time_zone: TimeZone = Field(
        default=UTC, description="Time zone of the times in notices, by its IANA name (Europe/London)."
    )
    remind_after: Duration = Field(
        default=timedelta(days=1), description="A sender who has not answered is reminded after this time; 0s: never."
    )
    expire_after: Duration = Field(
        default=timedelta(days=5),
        description="A question nobody answered expires after this time (1m to 90d); the sender is told, nothing goes "
        "silently.",
    )
    notice_rate: int = Field(default=20, ge=1, le=10_000, description="Most notices to one sender in an hour.")
    retry_after: SomeTime = Field(
        default=timedelta(minutes=1),
        description="First pause before a failed release is tried again; doubles up to one hour.",
    )

    @model_validator(mode="after")
    def _order(self) -> Desk:
        if not timedelta(minutes=1) <= self.expire_after <= timedelta(days=90):
            raise ValueError("expire_after: from 1m to 90d")
        if self.remind_after >= self.expire_after:
            raise ValueError("remind_after: must be shorter than expire_after")
        if self.address and ("+" in self.address.local or len(self.address.local.encode()) > _DESK_LOCAL):
            raise ValueError(f"address: at most {_DESK_LOCAL} octets before the @, and no +: answers add +TOKEN")
        return self


class Attachments(Section):
    """Reading what is enclosed, in a worker process with limits. What cannot be read is said, never skipped."""

    read: bool = Field(
        default=True, description="Whether attachments are opened at all; if not, each of them counts as unread."
    )
    timeout: SomeTime = Field(
        default=timedelta(seconds=20),
        description="Longest time for all attachments of one message; the rest counts as unread. "
        "Keep it below gateway.judge_timeout.",
    )
    memory: Size = Field(default=1 << 30, ge=64 << 20, le=16 << 30, description="Most memory of one worker process.")
    unpacked: Size = Field(
        default=128 << 20, ge=1 << 20, le=4 << 30, description="Most bytes unpacked from one attachment."
    )
    workers: int = Field(default=1, ge=1, le=64, description="Worker processes.")
    ocr: str = Field(
        default="",
        pattern=r"^([A-Za-z_]{3,16}(\+[A-Za-z_]{3,16})*)?$",
        description="Languages in which writing in pictures and scanned pages is read, as Tesseract names them: "
        '"eng+deu". '
        "Empty: not at all. Needs the extra straymail[ocr] and letter shapes (Debian: tesseract-ocr-eng). "
        "A page takes a second or two.",
    )


class Store(Section):
    """The database and the key that encrypts held messages at rest."""

    url: str = Field(
        default="",
        description="SQLAlchemy URL; empty: SQLite in straymail.db below data_dir. No password here: use "
        "STRAYMAIL_STORE_URL in the environment, or the database's own password file.",
    )
    key_file: Path = Field(
        default=Path("straymail.key"),
        description="File with the key, made by `straymail init`, readable by its owner only.",
    )

    @model_validator(mode="after")
    def _no_secret(self) -> Store:
        credentials = self.url.partition("://")[2].rpartition("@")[0]
        if ":" in credentials:
            raise ValueError("url: no password in the file; use STRAYMAIL_STORE_URL in the environment")
        return self


class Model(Section):
    """What is learned, and the weights that turn what was seen into a probability."""

    weights: Path | None = Field(
        default=None, description="Weights file written by `straymail train`; empty: the weights that are shipped."
    )
    topics: bool = Field(
        default=True,
        description="Learn what messages are about: keyed hashes of 64 words of each of the latest 20,000 messages.",
    )


class Metrics(Section):
    """Prometheus metrics."""

    listen: ListenTcp = Field(
        default=Tcp("127.0.0.1", 9273),
        description='Where metrics are served: "host:port" or "off". They hold no addresses.',
    )


class Log(Section):
    """Structured logs on standard error. Message bodies and secrets are never logged."""

    level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="Least severe entry written."
    )
    format: Literal["text", "json"] = Field(default="text", description="For people, or one JSON object a line.")


SectionType = TypeVar("SectionType", bound=Section)


def resolve(section: SectionType, folder: Path) -> SectionType:
    """The section with every relative path moved below ``folder``."""
    moved = {name: below(folder, getattr(section, name)) for name in type(section).model_fields}
    return section.model_copy(update=moved)


__all__ = [
    "Attachments",
    "Desk",
    "Gateway",
    "LimitSettings",
    "Log",
    "MailAddress",
    "Metrics",
    "Model",
    "Off",
    "Outbox",
    "Section",
    "Store",
    "read_address",
    "resolve",
]
