"""STARTTLS, and what must not come before it (RFC 3207)."""

from __future__ import annotations

import asyncio
from typing import cast


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
