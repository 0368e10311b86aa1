"""The proxy's certificate, renewed while the guard runs."""

from __future__ import annotations

import asyncio
import ssl
import subprocess
from pathlib import Path

import pytest

from straymail.errors import BadInput
from straymail.gateway.outcome import Accept
from straymail.gateway.service import Service
from straymail.gateway.smtp_proxy import SmtpProxy
from straymail.record import new_key, open_record, parse_keys

from .test_reload import settings, situate
from .test_smtp import Client, ScriptedEngine


def write(folder: Path, name: str) -> str:
    """A certificate in that name, and the settings that use it."""
    cert, key = folder / "cert.pem", folder / "key.pem"
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    command += ["-days", "2", "-subj", f"/CN={name}", "-keyout", str(key), "-out", str(cert)]
    subprocess.run(command, check=True, capture_output=True)
    return f'[gateway]\ntls_cert = "{cert}"\ntls_key = "{key}"\nmilter = "off"\nnext_hop = "outbox:{folder}/out"\n'


async def shown(port: int) -> bytes:
    """The certificate a client is shown."""
    client = Client(*await asyncio.open_connection("127.0.0.1", port))
    await client.reply()
    await client.say(b"EHLO c\r\n")
    await client.say(b"STARTTLS\r\n")
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    await client.writer.start_tls(context)
    found: bytes = client.writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
    client.writer.close()
    return found


async def test_a_renewed_certificate_is_shown_and_a_broken_one_is_not_taken(tmp_path: Path) -> None:
    proxy = SmtpProxy(ScriptedEngine(Accept()), settings(tmp_path, "mod.example", more=write(tmp_path, "one")))
    port = await proxy.listen("127.0.0.1", 0)
    assert b"one" in await shown(port)
    write(tmp_path, "two")
    proxy.renew()
    assert b"two" in await shown(port)
    (tmp_path / "key.pem").write_text("junk")
    with pytest.raises(BadInput, match=r"cert\.pem: gateway\.tls_cert: cannot be used with"):
        proxy.renew()
    assert b"two" in await shown(port)
    await proxy.shutdown(5)


def test_a_reload_takes_the_certificate_and_is_refused_with_a_broken_one(tmp_path: Path) -> None:
    lines = write(tmp_path, "one")
    given = settings(tmp_path, "mod.example", more=lines)
    record = open_record(given.store_url, parse_keys(new_key().decode()))
    fresh = settings(tmp_path, "mod.example", more=f'{lines}[policy]\nmode = "watch"\n')
    service = Service(given, record, situate, lambda: fresh)
    service.proxy = SmtpProxy(service.engine, given)
    first = service.proxy.tls
    (tmp_path / "cert.pem").write_text("junk")
    service.reload()
    assert (service.engine.situation.settings, service.proxy.tls) == (given, first)
    write(tmp_path, "two")
    service.reload()
    assert service.engine.situation.settings is fresh
    assert service.proxy.tls is not first
    service.engine.close()
    record.close()


async def test_a_client_that_is_cut_off_at_shutdown_leaves_no_traceback(tmp_path: Path) -> None:
    faults = list[object]()
    asyncio.get_running_loop().set_exception_handler(lambda _loop, context: faults.append(context))
    proxy = SmtpProxy(ScriptedEngine(Accept()), settings(tmp_path, "mod.example", more=write(tmp_path, "one")))
    client = Client(*await asyncio.open_connection("127.0.0.1", await proxy.listen("127.0.0.1", 0)))
    await client.reply()
    await client.begin(b"x@d.example")
    assert (await client.say(b"DATA\r\n")).startswith("354")
    client.writer.write(b"Subject: x\r\n")
    await proxy.shutdown(0.1)
    await asyncio.sleep(0.05)
    assert faults == []
    client.writer.close()
