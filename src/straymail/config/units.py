"""Words of the settings file as types: lengths of time, sizes, places to listen and places to send to.

Each type has one written form, used both ways: ``"5d"``, ``"64MiB"``, ``"inet:127.0.0.1:8891"``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, timedelta, tzinfo
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BeforeValidator, InstanceOf, PlainSerializer, WithJsonSchema

_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
_BYTES = {"b": 1, "": 1, "kib": 1 << 10, "mib": 1 << 20, "gib": 1 << 30, "kb": 10**3, "mb": 10**6, "gb": 10**9}


@dataclass(frozen=True, slots=True)
class Tcp:
    """A TCP address to listen at or send to; ``host`` is a name or an IP address without brackets."""

    host: str
    port: int

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"


@dataclass(frozen=True, slots=True)
class UnixSocket:
    """A Unix socket."""

    path: Path

    def __str__(self) -> str:
        return f"unix:{self.path}"


@dataclass(frozen=True, slots=True)
class Outbox:
    """A folder that takes the place of the next hop: each message becomes a file in it (trials and tests)."""

    folder: Path

    def __str__(self) -> str:
        return f"outbox:{self.folder}"


@dataclass(frozen=True, slots=True)
class Off:
    """This door stays shut."""

    def __str__(self) -> str:
        return "off"


def split_number(text: str) -> tuple[float, str]:
    """``"36 h"`` gives (36.0, "h"); raises ValueError when there is no leading number."""
    compact = text.strip().lower().replace("_", "")
    end = next((index for index, sign in enumerate(compact) if not (sign.isdigit() or sign == ".")), len(compact))
    return float(compact[:end]), compact[end:].strip()


def parse_duration(value: object) -> timedelta:
    """``"5d"``, ``"36h"``, ``"30m"``, ``"90s"``, ``"2w"`` or a whole number of seconds.

    Raises:
        ValueError: anything else, or a negative length.
    """
    allowed = 'a length of time such as "90s", "30m", "36h" or "5d"'
    if isinstance(value, timedelta):
        return value
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise ValueError(allowed)  # noqa: TRY004  (pydantic wants ValueError)
    try:
        number, unit = (float(value), "s") if isinstance(value, int | float) else split_number(value)
        seconds = number * _SECONDS[unit[:1] or "s"] if unit[:3] in _DURATION_WORDS else None
    except (ValueError, KeyError, OverflowError):
        seconds = None
    if seconds is None or seconds < 0 or seconds > 100 * 366 * 86400:
        raise ValueError(allowed)
    return timedelta(seconds=seconds)


def parse_some_time(value: object) -> timedelta:
    """As ``parse_duration``, but a limit of no time at all would stop everything: ValueError for ``"0s"`` too."""
    length = parse_duration(value)
    if not length:
        raise ValueError('longer than 0s, such as "30s"')
    return length


_DURATION_WORDS = frozenset({"", "s", "sec", "m", "min", "h", "hou", "d", "day", "w", "wee"})


def format_duration(value: timedelta) -> str:
    """The written form with the largest unit that fits exactly: ``"5d"``."""
    seconds = value.total_seconds()
    for unit, size in reversed(_SECONDS.items()):
        if seconds and seconds % size == 0 and unit != "w":
            return f"{int(seconds // size)}{unit}"
    return f"{seconds:g}s"


def parse_size(value: object) -> int:
    """Bytes of ``"64MiB"``, ``"10MB"``, ``"4kB"`` or a whole number.

    Raises:
        ValueError: anything else, or a negative size.
    """
    allowed = 'a size such as "64MiB", "500kB" or a number of bytes'
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise ValueError(allowed)  # noqa: TRY004  (pydantic wants ValueError)
    try:
        number, unit = (float(value), "") if isinstance(value, int) else split_number(value)
        size = int(number * _BYTES[unit])
    except (ValueError, KeyError, OverflowError) as error:
        raise ValueError(allowed) from error
    if size < 0:
        raise ValueError(allowed)
    return size


def format_size(value: int) -> str:
    """The written form: ``"64MiB"`` when exact, else the plain number of bytes."""
    for unit, size in (("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)):
        if value and value % size == 0:
            return f"{value // size}{unit}"
    return f"{value}B"


def parse_tcp(text: str) -> Tcp:
    """``host:port``, ``[::1]:port``; ``inet:`` before it is allowed.

    Raises:
        ValueError: no port, or one outside 0..65535.
    """
    host, colon, port = text.removeprefix("inet:").rpartition(":")
    host = host.removeprefix("[").removesuffix("]")
    if not colon or not host or not port.isascii() or not port.isdigit() or int(port) > 65535:
        raise ValueError('an address with a port such as "127.0.0.1:2525" (port 0 to 65535)')
    return Tcp(host, int(port))


def parse_listen(value: object) -> Tcp | UnixSocket | Off:
    """``"unix:/path"``, ``"inet:host:port"``, ``"host:port"`` or ``"off"``; ValueError otherwise."""
    if isinstance(value, Tcp | UnixSocket | Off):
        return value
    if not isinstance(value, str):
        raise ValueError('"unix:/path", "inet:host:port" or "off"')  # noqa: TRY004  (pydantic wants ValueError)
    if value == "off":
        return Off()
    if value.startswith("unix:") and len(value) > len("unix:"):
        return UnixSocket(Path(value.removeprefix("unix:")))
    try:
        return parse_tcp(value)
    except ValueError as error:
        raise ValueError('"unix:/path", "inet:host:port" or "off"') from error


def parse_listen_tcp(value: object) -> Tcp | Off:
    """``"host:port"`` or ``"off"``; ValueError otherwise."""
    if isinstance(value, Tcp | Off):
        return value
    if value == "off":
        return Off()
    try:
        return parse_tcp(str(value))
    except ValueError as error:
        raise ValueError('"host:port" (port 0 to 65535) or "off"') from error


def parse_next_hop(value: object) -> Tcp | Outbox:
    """``"host:port"`` or ``"outbox:/folder"``; ValueError otherwise."""
    if isinstance(value, Tcp | Outbox):
        return value
    if isinstance(value, str) and value.startswith("outbox:") and len(value) > len("outbox:"):
        return Outbox(Path(value.removeprefix("outbox:")))
    try:
        return parse_tcp(str(value))
    except ValueError as error:
        raise ValueError('"host:port" or "outbox:/folder"') from error


_TEXT = WithJsonSchema({"type": "string"})

Duration = Annotated[timedelta, BeforeValidator(parse_duration), PlainSerializer(format_duration), _TEXT]
SomeTime = Annotated[timedelta, BeforeValidator(parse_some_time), PlainSerializer(format_duration), _TEXT]
Size = Annotated[int, BeforeValidator(parse_size), PlainSerializer(format_size), _TEXT]
Listen = Annotated[Tcp | UnixSocket | Off, BeforeValidator(parse_listen), PlainSerializer(str), _TEXT]
ListenTcp = Annotated[Tcp | Off, BeforeValidator(parse_listen_tcp), PlainSerializer(str), _TEXT]
NextHop = Annotated[Tcp | Outbox, BeforeValidator(parse_next_hop), PlainSerializer(str), _TEXT]


def parse_time_zone(value: object) -> tzinfo:
    """A time zone from its IANA name; ValueError when this machine does not know it. UTC is known everywhere."""
    if isinstance(value, tzinfo):
        return value
    try:
        return UTC if value == "UTC" else ZoneInfo(str(value))
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError("a time zone such as Europe/London or UTC, known to this machine (tzdata)") from error


TimeZone = Annotated[
    InstanceOf[tzinfo], BeforeValidator(parse_time_zone), PlainSerializer(str), WithJsonSchema({"type": "string"})
]


def below(folder: Path, value: object) -> object:
    """``value`` with a relative path moved below ``folder``; other values unchanged."""
    if isinstance(value, Path):
        return folder / value.expanduser()
    if isinstance(value, UnixSocket):
        return UnixSocket(folder / value.path.expanduser())
    if isinstance(value, Outbox):
        return Outbox(folder / value.folder.expanduser())
    return value
