"""HTML files: links, what the source holds and nobody is shown, files written into it."""

from __future__ import annotations

import base64
import time
from collections.abc import Iterator

import pytest

from straymail.extract import Extractor
from straymail.extract.readers.web import unshown

from . import builders as make


@pytest.fixture(scope="module")
def extractor() -> Iterator[Extractor]:
    with Extractor() as shared:
        yield shared


@pytest.mark.parametrize(
    ("html", "said"),
    [
        ("<p>a</p><!-- the door code is 4821 --><p>b</p>", ["the door code is 4821"]),
        ("<!--[if gte mso 9]><xml>x</xml><![endif]--><!--StartFragment--><p>a</p>", []),
        ("<!-- one comment --><!-- another one -->", ["one comment", "another one"]),
        ("<!-- never ends", []),
        ('<input type="hidden" name="p" value="Kx9!jdkf&amp;2">', ["Kx9!jdkf&2"]),
        ("<option value='a long one'>x", ["a long one"]),
        ('<input value="ok"><input value="never ends', []),
    ],
)
def test_what_is_not_shown(html: str, said: list[str]) -> None:
    assert list(unshown(html)) == said


def test_all_of_a_page_is_read(extractor: Extractor) -> None:
    inner = base64.b64encode(make.docx("inner words")).decode()
    page = (
        "<html><body><p style='display:none'>hidden words</p><!-- said aside -->"
        f"<a href='https://mod.example/reset?t=1'>here</a><img src='data:application/msword;base64,{inner}'></body>"
    )
    found = extractor.read_file(page.encode(), "page.html")
    assert ("page.html", "hidden words\nhere") in found.texts
    assert ("page.html, links", "https://mod.example/reset?t=1") in found.texts
    assert ("page.html, source", "said aside") in found.texts
    assert ("page.html > file 1, document", "inner words") in found.texts
    assert found.unread == []


def test_many_files_in_a_page_are_bounded(extractor: Extractor) -> None:
    page = "<html>" + f"<img src='data:text/plain;base64,{'QUJD' * 20}'>" * 60
    assert [each.id for each in extractor.read_file(page.encode(), "page.html").unread] == ["unread.limit"]


def test_hostile_pages_take_linear_time() -> None:
    start = time.monotonic()
    for piece in ("<!--", " value='", " value=''", "<!---->", "data:a/b;base64,"):
        list(unshown(piece * 200_000))
    assert time.monotonic() - start < 5
