"""Writing in pictures and scanned pages, with the real Tesseract."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO

import pypdfium2  # type: ignore[import-untyped]
import pytest
from PIL import Image, ImageDraw, ImageFont

from straymail.config import Settings
from straymail.extract import Extractor, ReadLimits
from straymail.extract.readers.picture import problem

SAID = "OFFICIAL-SENSITIVE\nCrew list of the Harbour Light"


def drawn(text: str) -> Image.Image:
    image = Image.new("L", (1_400, 400), 255)
    ImageDraw.Draw(image).text((40, 40), text, font=ImageFont.load_default(48), fill=0)
    return image


def saved(image: Image.Image, kind: str, **options: object) -> bytes:
    out = BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def scan(text: str) -> bytes:
    """A PDF whose only page is a picture."""
    document = pypdfium2.PdfDocument.new()
    picture = pypdfium2.PdfImage.new(document)
    bitmap = pypdfium2.PdfBitmap.from_pil(drawn(text))
    picture.set_bitmap(bitmap)
    picture.set_matrix(pypdfium2.PdfMatrix().scale(504, 144))
    page = document.new_page(504, 144)
    page.insert_obj(picture)
    page.gen_content()
    out = BytesIO()
    document.save(out)
    document.close()
    return out.getvalue()


@pytest.fixture(scope="module")
def reading() -> Iterator[Extractor]:
    with Extractor(ReadLimits(ocr="eng")) as extractor:
        yield extractor


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "TIFF", "BMP", "WEBP"])
def test_writing_in_a_picture_is_read(reading: Extractor, kind: str) -> None:
    found = reading.read_file(saved(drawn(SAID), kind), f"board.{kind.lower()}")
    assert found.texts == [(f"board.{kind.lower()}, writing in the picture", SAID)]
    assert not found.unread


def test_every_page_of_a_picture_is_read(reading: Extractor) -> None:
    pages = saved(drawn("FIRST PAGE HERE"), "TIFF", save_all=True, append_images=[drawn("SECOND PAGE HERE")])
    found = reading.read_file(pages, "fax.tif")
    assert [text for _, text in found.texts] == ["FIRST PAGE HERE", "SECOND PAGE HERE"]
    assert found.texts[1][0] == "fax.tif, writing in the picture, page 2"


def test_a_scanned_page_is_read(reading: Extractor) -> None:
    found = reading.read_file(scan(SAID), "scan.pdf")
    assert "Crew list of the Harbour Light" in found.texts[0][1]
    assert not found.unread


def test_without_it_a_scan_is_said_to_be_unread() -> None:
    with Extractor() as extractor:
        assert [each.id for each in extractor.read_file(scan(SAID), "scan.pdf").unread] == ["unread.type"]
        assert not extractor.read_file(saved(drawn(SAID), "PNG"), "board.png").texts


def test_a_picture_without_writing_says_nothing(reading: Extractor) -> None:
    noise = Image.effect_noise((600, 400), 90)
    assert not reading.read_file(saved(noise, "PNG"), "noise.png").texts


def test_a_picture_too_large_is_said_to_be_unread(reading: Extractor) -> None:
    huge = saved(Image.new("1", (20_000, 20_000), 1), "PNG")
    assert [each.id for each in reading.read_file(huge, "huge.png").unread] == ["unread.limit"]


def test_a_damaged_picture_is_said_to_be_unread(reading: Extractor) -> None:
    whole = saved(drawn(SAID), "PNG")
    assert [each.id for each in reading.read_file(whole[: len(whole) // 2], "half.png").unread] == ["unread.damaged"]


def test_missing_letter_shapes_are_named() -> None:
    assert not problem(ReadLimits())
    assert not problem(ReadLimits(ocr="eng"))
    assert "tlh" in problem(ReadLimits(ocr="eng+tlh"))


def test_languages_are_checked() -> None:
    section = Settings.model_fields["attachments"].annotation
    assert section is not None
    with pytest.raises(ValueError, match="ocr"):
        section(ocr="../eng")
