"""STARTTLS, and what must not come before it (RFC 3207)."""

from __future__ import annotations

import asyncio
import ssl
from pathlib import Path
from typing import cast

from straymail.errors import BadInput


def server_context(chain: Path, key: Path) -> ssl.SSLContext:
    """What encrypts with this certificate.

    Raises:
        BadInput: it, or its key, cannot be used.
    """
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    try:
        context.load_cert_chain(chain, key, password="")  # nobody is there to be asked for one
    except OSError as error:
        why = f"cannot be used with {key}: {error.strerror or error}"
        raise BadInput(why, file=str(chain), field="gateway.tls_cert", allowed="PEM; a key without password") from error
    return context


async def spoke_early(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
    """Stop reading, and say whether the other side has sent something already; asked just before ``start_tls``.

    Such lines may be anybody's on the way, and would be obeyed as if they had come encrypted (CVE-2011-0411). What
    comes from now on waits in the system, and is read as TLS.
    """
    cast("asyncio.Transport", writer.transport).pause_reading()
    try:
        async with asyncio.timeout(0):
            return bool(await reader.read(1))
    except TimeoutError:
        return False
