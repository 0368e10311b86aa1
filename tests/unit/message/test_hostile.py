"""Mail made to hurt: each in a process of its own, with bounded time and memory and a clear outcome."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from straymail.message import html_to_text, new_text, parse_message
from straymail.message.address import Address
from straymail.message.rewrite import add_headers, remove_headers, replace_address

from .samples import HEAD, forwarded, mail, mixed, nested

# VmHWM, not ru_maxrss: the latter remembers the size of the process that started the child.
_CHILD = """
import json, re, sys, time
from straymail.message import new_text, parse_message
raw = open(sys.argv[1], "rb").read()
start = time.process_time()
message = parse_message(raw)
texts = sum(len(part.text()) for part in message.parts)
new_text(message)
print(json.dumps({"seconds": time.process_time() - start, "parts": len(message.parts), "to": len(message.to),
    "megabytes": int(re.search(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read())[1]) // 1024, "text": texts,
    "defects": sorted({defect.id for defect in message.defects})}))
"""


def measure(raw: bytes, folder: Path) -> dict[str, object]:
    file = folder / "mail.eml"
    file.write_bytes(raw)
    run = subprocess.run([sys.executable, "-c", _CHILD, str(file)], capture_output=True, check=True, timeout=120)
    found: dict[str, object] = json.loads(run.stdout)
    return found


def attachment(size: int) -> bytes:
    data = base64.encodebytes(os.urandom(size * 73 // 100)).replace(b"\n", b"\r\n")
    return mixed(b"Content-Type: application/pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n" + data)


CROWD = b", ".join(b'"U, %d" <u%d@x.example>' % (i, i) for i in range(5_000))
SIZE = 50_000_000
BIG: list[tuple[str, Callable[[], bytes], str]] = [
    ("attachment", lambda: attachment(SIZE), ""),
    ("text", lambda: mail(b"a line of ordinary text\r\n" * (SIZE // 25)), ""),
    ("one line", lambda: mail(b"x" * SIZE), ""),
    ("nul bytes", lambda: mail(b"a line of text\0\r\n" * (SIZE // 17)), "nul"),
    ("bare returns", lambda: mail(b"\r" * SIZE), "bare-cr"),
    ("one header line", lambda: mail(extra=b"X: " + b"x" * SIZE + b"\r\n"), "header-block-too-large"),
    ("header lines", lambda: mail(extra=b"a: b\r\n" * (SIZE // 6)), "header-block-too-large"),
    ("embedded", lambda: forwarded(200).replace(b"inner", b"line \r\n" * (SIZE // 7)), "first-view-skipped"),
]


@pytest.mark.parametrize(("name", "build", "defect"), BIG, ids=[case[0] for case in BIG])
def test_fifty_megabytes_stay_under_300(name: str, build: Callable[[], bytes], defect: str, tmp_path: Path) -> None:
    found = measure(build(), tmp_path)
    assert isinstance(found["megabytes"], int)
    assert found["megabytes"] < 300, name
    assert isinstance(found["seconds"], float)
    assert found["seconds"] < 20, name
    assert defect in found["defects"] if defect else found["defects"] == []  # type: ignore[operator]  # JSON


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (mixed(*[b"\r\nx"] * 10_000), {"parts": 1_000, "defects": ["too-many-parts"]}),
        (nested(100), {"parts": 1, "defects": ["too-deep"]}),
        (forwarded(100), {"parts": 101, "defects": ["too-deep"]}),
        (HEAD.replace(b"bob@army.example", CROWD) + b"\r\n", {"to": 5_000, "defects": []}),
        (nested(5_000), {"defects": ["second-view-skipped", "unparsable"]}),
    ],
    ids=["parts", "nesting", "embedding", "recipients", "deep"],
)  # fmt: skip
def test_counts_are_bounded(raw: bytes, expected: dict[str, object], tmp_path: Path) -> None:
    found = measure(raw, tmp_path)
    assert {key: found[key] for key in expected} == expected
    assert isinstance(found["seconds"], float)
    assert found["seconds"] < 5


REPEATED = [
    b'"',
    b"(",
    b'\\"',
    b"<",
    b"=?",
    b"=?u?q?a?=",
    b"=?utf-8?b?",
    b"a@b:",
    b"[",
    b",",
    b"(\\",
    b"<@a,",
    b"@",
    b"\xff",
    b"a@b ",
]


@pytest.mark.parametrize("piece", REPEATED, ids=repr)
@pytest.mark.timeout(20)
def test_a_megabyte_of_header_is_read_in_linear_time(piece: bytes) -> None:
    raw = b"From: ann@mod.example\r\nTo: " + piece * (1_000_000 // len(piece)) + b"\r\n\r\nx"
    assert parse_message(raw).size == len(raw)
    replace_address(add_headers(remove_headers(raw, "X-*"), [("A", "b")]), Address("a", "b"), Address("c", "d"))


TYPES = [b'a="', b"a*1=", b";", b"boundary=", b"a*0*=''%", b'\\"', b'="\\"', b"=?"]


@pytest.mark.parametrize("piece", TYPES, ids=repr)
@pytest.mark.timeout(20)
def test_a_megabyte_of_content_type_is_read_in_linear_time(piece: bytes) -> None:
    field = b"Content-Type: multipart/mixed; " + piece * (1_000_000 // len(piece)) + b"\r\n"
    for raw in (mail(extra=field), mixed(field + b"\r\nx")):
        assert parse_message(raw).defects


MARKUP = [
    "<",
    "<a ",
    '<a "',
    '<a ="',
    "&",
    "&#1",
    "<!--",
    "<script>",
    "<blockquote>",
    "<pre>\n",
    "<p",
    "&#" + "9" * 5_000,
]


@pytest.mark.parametrize("piece", MARKUP, ids=lambda piece: piece[:12])
@pytest.mark.timeout(20)
def test_hostile_html_is_read_in_linear_time(piece: str) -> None:
    assert isinstance(html_to_text(piece * (1_000_000 // len(piece)) + "end"), str)


LINES = [
    "> ",
    ">\n",
    "On x\n",
    "wrote:\n",
    "To: a\nSubject: b\n",
    "From: \n",
    "this \n",
    "@\n",
    "a/b\nTo:x\n",
    "From:\nTo:\n",
]


@pytest.mark.parametrize("piece", LINES, ids=repr)
@pytest.mark.timeout(20)
def test_hostile_bodies_are_told_apart_in_linear_time(piece: str) -> None:
    raw = mail((piece * (5_000_000 // len(piece))).encode())
    assert isinstance(new_text(parse_message(raw)), str)
