"""Writing in pictures and scanned pages, by Tesseract in this process. Needs the extra ``ocr`` and letter shapes.

Off unless languages are named (``ReadLimits.ocr``): a page takes a second or two. What Tesseract itself holds for
unsure is left out: photographs are full of letters that are none.
"""

from __future__ import annotations

from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

from straymail.extract.limits import ReadLimits, Unread
from straymail.extract.reading import Reading

_SHAPES = ("/usr/share/tesseract-ocr", "/usr/share/tessdata", "/usr/local/share/tessdata")
_PIXELS = 40_000_000
_FRAMES = 50
_SURE = 50  # of 100
RESOLUTION = 200
"""Dots per inch at which a page without text is drawn."""


def problem(limits: ReadLimits) -> str:
    """Why writing in pictures cannot be read as these limits ask; "" when it can."""
    if not limits.ocr:
        return ""
    try:
        import PIL.Image  # noqa: F401, PLC0415  (an extra)
        import tesserocr  # type: ignore[import-untyped]  # noqa: F401, PLC0415
    except ImportError:
        return "reading pictures needs the extra: pip install straymail[ocr]"
    folder = _folder(limits)
    missing = [each for each in limits.ocr.split("+") if not (folder / f"{each}.traineddata").is_file()]
    return (
        f"no letter shapes for {', '.join(missing)} in {folder} (Debian: tesseract-ocr-{missing[0]})" if missing else ""
    )


def read_picture(reading: Reading, data: bytes, _name: str, where: str, _depth: int) -> str:
    """Read the writing in a picture, in each of its pages."""
    from PIL import Image, UnidentifiedImageError  # noqa: PLC0415  (an extra)

    Image.MAX_IMAGE_PIXELS = _PIXELS // 2  # Pillow allows twice as much
    try:
        with Image.open(BytesIO(data)) as image:
            frames = int(getattr(image, "n_frames", 1))
            for number in range(min(frames, _FRAMES)):
                image.seek(number)
                place = f"{where}, writing in the picture" + (f", page {number + 1}" if frames > 1 else "")
                reading.text(place, words(image, reading.budget.limits))
    except Image.DecompressionBombError as error:
        raise Unread("limit", f"a picture of more than {_PIXELS // 1_000_000} million dots") from error
    except UnidentifiedImageError as error:
        raise Unread("type", "a picture whose writing cannot be read") from error
    if frames > _FRAMES:
        raise Unread("limit", f"more than {_FRAMES} pages")
    return ""


def words(image: Any, limits: ReadLimits) -> str:  # noqa: ANN401  (a Pillow image; Pillow is an extra)
    """The writing in one picture, "" where there is none to be sure of."""
    tesseract = ready(limits)
    tesseract.SetImage(image.convert("L"))
    text = str(tesseract.GetUTF8Text())
    sure = tesseract.MeanTextConf() >= _SURE
    tesseract.Clear()
    return text if sure else ""


@cache
def ready(limits: ReadLimits) -> Any:  # noqa: ANN401  (no types)
    """Tesseract with its letter shapes loaded: before the worker gives up its rights."""
    import tesserocr  # noqa: PLC0415  (an extra)

    return tesserocr.PyTessBaseAPI(path=str(_folder(limits)), lang=limits.ocr)


def _folder(limits: ReadLimits) -> Path:
    """Where the letter shapes are: the newest of Debian's versions, or the usual places."""
    first = limits.ocr.partition("+")[0]
    found = [
        place
        for root in map(Path, _SHAPES)
        for place in (root, *sorted(root.glob("*/tessdata"), reverse=True))
        if (place / f"{first}.traineddata").is_file()
    ]
    return found[0] if found else Path(_SHAPES[0])
