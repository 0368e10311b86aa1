"""What attached files are called, apart from their versions, and their kind: "Budget v3 FINAL.xlsx" is "budget.xls"."""

from __future__ import annotations

import re

from straymail.message.model import Message

_MARKED = re.compile(r"<{1,2} ?File: {0,3}([^<>\n]{1,120}?) ?>{1,2}")  # what Outlook leaves of a file in an export
_LISTED = re.compile(r"^ {1,3}- ([^\n]{2,100}?\.[A-Za-z0-9]{2,4})[ \r]{0,4}$", re.MULTILINE)  # and what Notes does
_SPLIT = re.compile(r"[\W\d_]+")
_VERSION = frozenset(
    """
    v ver vers version rev revision draft final copy kopie new old clean redline redlined marked signed scan latest
    updated update edit edited amended am pm the of and for to with fw fwd re
    """.split()  # noqa: SIM905  (a table to read, not a literal to type)
)
_EVERYBODYS = frozenset(
    """
    image img photo picture document attachment att untitled unnamed winmail noname file doc page sheet book smime
    report summary resume cv agenda minutes presentation letter memo list data notes info table invoice pdf xls
    invite meeting logo icon bild foto dokument anlage scan mime attachments screenshot capture message mail signature
    """.split()  # noqa: SIM905  (see above)
)
_KINDS = {
    ending: kind
    for kind, endings in {
        "sheet": "xls xlsx xlsm xlsb ods csv tsv",
        "document": "doc docx docm dot odt rtf wpd txt",
        "slides": "ppt pptx pps ppsx odp",
        "picture": "jpg jpeg png gif tif tiff bmp heic webp",
        "drawing": "dwg dxf vsd vsdx svg stp step",
        "map": "kml kmz gpx geojson shp",
        "archive": "zip 7z rar tar gz tgz",
        "database": "mdb accdb sqlite db dbf",
        "mail": "eml msg",
        "film": "mp4 mov avi mpg mpeg wmv",
    }.items()
    for ending in endings.split()
}
_LEAST = 4  # letters
_MOST = 8


def file_words(message: Message, text: str = "") -> tuple[str, ...]:
    """Words that stand for at most ``_MOST`` files, each once: "file harbour budget" for a name, "kind sheet".

    Names that say nothing are left out, and so are pictures called so, which stand in signatures. ``text`` is searched
    for names an export left behind.
    """
    names = [part.filename for part in message.parts if part.is_attachment and part.filename]
    if "File:" in text:
        names += _MARKED.findall(text)
    if "\n - " in text:
        names += _LISTED.findall(text)
    if not names:
        return ()
    stems, kinds = dict[str, None](), dict[str, None]()
    for name in names[: 4 * _MOST]:
        stem, kind = file_stem(name), file_kind(name)
        if stem and len(stems) < _MOST:
            stems[f"file {stem}"] = None
        if kind and (stem or kind != "picture"):
            kinds[f"kind {kind}"] = None
    return (*stems, *kinds)


def file_kind(name: str) -> str:
    """What kind of file it is by its ending; the ending itself where it is no common one, "" without."""
    ending = name[-12:].rpartition(".")[2].strip().lower() if "." in name[-12:] else ""
    return _KINDS.get(ending, ending if ending.isalnum() and not ending.isdigit() else "")


def file_stem(name: str) -> str:
    """The words of a file's name in order: no ending, no version, no numbers; "" when it may be anybody's file."""
    bare = name.replace("\\", "/").rpartition("/")[2][:200]
    bare = bare.rpartition(".")[0] or bare
    words = [word for word in _SPLIT.split(bare.lower()) if len(word) > 1 and word not in _VERSION]
    if sum(map(len, words)) < _LEAST or _EVERYBODYS.issuperset(words):
        return ""
    return " ".join(words)
