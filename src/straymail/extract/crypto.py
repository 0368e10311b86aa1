"""Which cryptographic container bytes are: CMS and S/MIME (RFC 5652), PKCS #12 (RFC 7292), OpenPGP (RFC 9580)."""

from __future__ import annotations

import binascii

_PKCS7 = b"\x2a\x86\x48\x86\xf7\x0d\x01\x07"  # object identifier 1.2.840.113549.1.7
_AUTH_ENVELOPED = b"\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x01\x17"  # 1.2.840.113549.1.9.16.1.23 (RFC 5083)
_SIGNED, _DATA = b"\x02", b"\x01"
_VERSION_3 = b"\x02\x01\x03\x30"  # what a PFX begins with, and nothing else that holds a PKCS #7 identifier
_HEAD = 64
_ARMOUR = (b"-----BEGIN PKCS7-----", b"-----BEGIN CMS-----", b"-----BEGIN PKCS #7 SIGNED DATA-----")
_ARMOUR_HEAD = 400
# Packets of an encrypted message: session keys for a key (1) or a password (3), then the data (9, 18, 20).
_KEY_FOR_KEY, _KEY_FOR_PASSWORD, _ENCRYPTED = 1, 3, frozenset((1, 3, 9, 18, 20))
_KEY_VERSIONS = {_KEY_FOR_KEY: frozenset((2, 3, 6)), _KEY_FOR_PASSWORD: frozenset((4, 5, 6))}


def crypto_kind(data: bytes) -> str:
    """One of "signed", "enveloped", "pkcs12", "pgp"; "" for anything else."""
    if data.startswith(_ARMOUR):
        return _der_kind(armoured(data[:_ARMOUR_HEAD])) or "enveloped"
    return _der_kind(data) or ("pgp" if _is_openpgp(data) else "")


def armoured(data: bytes) -> bytes:
    """The bytes inside a PEM armour (RFC 7468), as far as they go; never raises."""
    body = data.partition(b"-----\n" if b"-----\n" in data[:_HEAD] else b"-----\r\n")[2].partition(b"-----")[0]
    text = b"".join(body.split())
    try:
        return binascii.a2b_base64(text[: len(text) // 4 * 4])
    except binascii.Error:
        return b""


def _der_kind(data: bytes) -> str:
    head = data[:_HEAD]
    if head[:1] != b"0":
        return ""
    if _AUTH_ENVELOPED in head:
        return "enveloped"
    at = head.find(_PKCS7)
    if at < 0:
        return ""
    if _VERSION_3 in head[:at] and head[at + len(_PKCS7) :][:1] in (_DATA, _SIGNED):
        return "pkcs12"
    return "signed" if head[at + len(_PKCS7) :].startswith(_SIGNED) else "enveloped"


def _is_openpgp(data: bytes) -> bool:
    """Whether two packets of an encrypted message follow each other: one would be too little to tell by."""
    tag, body, size = _packet(data)
    if tag not in _KEY_VERSIONS or data[body : body + 1] == b"" or data[body] not in _KEY_VERSIONS[tag]:
        return False
    return _packet(data[body + size : body + size + 6])[0] in _ENCRYPTED


def _packet(data: bytes) -> tuple[int, int, int]:
    """(type, where the body starts, its length) of the first packet; type 0 when it is none, or not of known length."""
    head = data[:6].ljust(6, b"\0")
    if head[0] & 0xC0 == 0xC0:
        if head[1] < 192:
            return head[0] & 0x3F, 2, head[1]
        if head[1] < 224:
            return head[0] & 0x3F, 3, ((head[1] - 192) << 8) + head[2] + 192
        return head[0] & 0x3F, 6 if head[1] == 255 else 2, int.from_bytes(head[2:6], "big") if head[1] == 255 else 0
    if head[0] & 0xC0 == 0x80:
        width = head[0] & 3
        length = 1 << width if width < 3 else 0
        return (head[0] >> 2) & 0xF, 1 + length, int.from_bytes(head[1 : 1 + length], "big")
    return 0, 0, 0
