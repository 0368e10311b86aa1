"""The MTA's side of the milter protocol: packets as Postfix sends them."""

from __future__ import annotations

import struct

ALL_ACTIONS, ALL_STEPS = 0x1FF, 0x1FFFFF  # what Postfix 3.7 offers


def packet(command: bytes, body: bytes = b"") -> bytes:
    return struct.pack("!I", 1 + len(body)) + command + body


def offer(version: int = 6, actions: int = ALL_ACTIONS, steps: int = ALL_STEPS) -> bytes:
    return packet(b"O", struct.pack("!III", version, actions, steps))


def macro(command: bytes, **values: str) -> bytes:
    parts = [text for name, value in values.items() for text in (f"{{{name}}}" if len(name) > 1 else name, value)]
    return packet(b"D", command + b"".join(part.encode() + b"\0" for part in parts))


def connect(address: str = "192.0.2.7") -> bytes:
    family = b"6" if ":" in address else b"4"
    return packet(b"C", b"client.example\0" + family + struct.pack("!H", 25) + address.encode() + b"\0")


def mail(path: str, *parameters: str) -> bytes:
    return packet(b"M", b"".join(text.encode() + b"\0" for text in (path, *parameters)))


def rcpt(path: str, *parameters: str) -> bytes:
    return packet(b"R", b"".join(text.encode() + b"\0" for text in (path, *parameters)))


def header(name: str, value: str) -> bytes:
    return packet(b"L", f"{name}\0 {value}\0".encode())


def content(*headers: tuple[str, str], body: bytes = b"Hello\r\n") -> bytes:
    """From the first header to the end of the message."""
    fields = b"".join(header(name, value) for name, value in headers or (("Subject", "Hello"),))
    return fields + packet(b"N") + packet(b"B", body) + packet(b"E")


def replies(data: bytes) -> list[tuple[bytes, bytes]]:
    """(command, body) of each packet the milter sent."""
    found = []
    while data:
        size = int.from_bytes(data[:4], "big")
        assert len(data) >= 4 + size
        found.append((data[4:5], data[5 : 4 + size]))
        data = data[4 + size :]
    return found
