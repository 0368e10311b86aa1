"""What a file is, by its content: a small table of first bytes, then a look at text. Names are not believed."""

from __future__ import annotations

# (offset, bytes, kind); the first that fits counts.
_MAGIC: tuple[tuple[int, bytes, str], ...] = (
    (0, b"%PDF-", "pdf"),
    (0, b"PK\x03\x04", "zip"),
    (0, b"PK\x05\x06", "zip"),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "ole"),
    (0, b"{\\rtf", "rtf"),
    (0, b"\x1f\x8b", "gzip"),
    (0, b"BZh", "bzip2"),
    (0, b"\xfd7zXZ\0", "xz"),
    (257, b"ustar", "tar"),
    (0, b"7z\xbc\xaf'\x1c", "7z"),
    (0, b"Rar!\x1a\x07", "rar"),
    (0, b"\x28\xb5\x2f\xfd", "zstd"),
    (0, b"\x04\x22\x4d\x18", "lz4"),
    (0, b"\x78\x9f\x3e\x22", "tnef"),
    (0, b"\xff\xd8\xff", "jpeg"),
    (0, b"\x89PNG\r\n\x1a\n", "png"),
    (0, b"GIF8", "gif"),
    (0, b"II*\0", "tiff"),
    (0, b"MM\0*", "tiff"),
    (0, b"II+\0", "tiff"),
    (0, b"MM\0+", "tiff"),
    (8, b"WEBP", "webp"),
    (4, b"ftypheic", "heic"),
    (4, b"ftypmif1", "heic"),
    (4, b"ftypavif", "avif"),
    (4, b"ftyp", "video"),
    (0, b"BM", "bmp"),
    (128, b"DICM", "dicom"),
    (0, b"#UT0", "ticket"),
    (0, b"\x9e\x81\x80", "ticket"),
    (0, b"NITF0", "nitf"),
    (0, b"NSIF0", "nitf"),
    (0, b"AC10", "dwg"),
    (0, b"\0\0\x27\x0a", "shapefile"),
    (0, b"SQLite format 3\0", "sqlite"),
    (40, b" EMF", "drawing"),
    (0, b"\xd7\xcd\xc6\x9a", "drawing"),
    (0, b"MZ", "program"),
    (0, b"\x7fELF", "program"),
    (0, b"OggS", "audio"),
    (0, b"ID3", "audio"),
    (0, b"\xff\xfb", "audio"),
    (0, b"\xff\xf3", "audio"),
    (0, b"fLaC", "audio"),
    (8, b"WAVE", "audio"),
    (8, b"AVI ", "video"),
    (0, b"\x1aE\xdf\xa3", "video"),
    (0, b"-----BEGIN PGP MESSAGE-----", "pgp"),
    (0, b"-----BEGIN PKCS7-----", "pkcs7"),
    (0, b"wOF", "font"),
    (0, b"\0\x01\0\0\0", "font"),
    (0, b"!BDN", "pst"),
)
_MAIL_FIELDS = (b"return-path:", b"received:", b"from:", b"message-id:", b"mime-version:", b"delivered-to:", b"date:",
                b"subject:", b"to:", b"x-")  # fmt: skip
_HEAD = 4_096
_PKCS7 = b"\x2a\x86\x48\x86\xf7\x0d\x01\x07"  # object identifier 1.2.840.113549.1.7 (RFC 5652)
IMAGES = frozenset(("jpeg", "png", "gif", "tiff", "webp", "heic", "avif", "bmp"))
TEXTS = frozenset(("text", "html", "xml", "kml", "gpx", "svg", "eml", "ics", "vcf", "json", "dxf"))
UNREADABLE = {
    "rar": "a RAR archive",
    "zstd": "a zstd archive",
    "lz4": "an LZ4 archive",
    "pst": "an Outlook store",
    "video": "a video",
    "audio": "a sound recording",
    "program": "a program",
    "sqlite": "a database",
    "font": "a font",
    "unknown": "of an unknown type",
}
_NAMES: dict[str, frozenset[str]] = {
    "pdf": frozenset(("pdf",)),
    "docx": frozenset(("docx", "docm", "dotx")),
    "xlsx": frozenset(("xlsx", "xlsm", "xlsb", "xltx")),
    "pptx": frozenset(("pptx", "pptm", "ppsx", "potx")),
    "odf": frozenset(("odt", "ods", "odp", "odg", "ott", "ots")),
    "kmz": frozenset(("kmz",)),
    "zip": frozenset(("zip", "jar", "war", "apk", "epub", "xpi", "pages", "numbers", "key")),
    "ole": frozenset(("doc", "xls", "ppt", "msg", "dot", "xlt", "pps", "vsd", "mpp", "docx", "xlsx", "pptx", "msi")),
    "rtf": frozenset(("rtf", "doc")),
    "gzip": frozenset(("gz", "tgz", "gzip")),
    "bzip2": frozenset(("bz2", "tbz2", "tbz")),
    "xz": frozenset(("xz", "txz")),
    "tar": frozenset(("tar",)),
    "7z": frozenset(("7z",)),
    "rar": frozenset(("rar",)),
    "tnef": frozenset(("dat",)),
    "jpeg": frozenset(("jpg", "jpeg", "jpe", "jfif")),
    "png": frozenset(("png",)),
    "gif": frozenset(("gif",)),
    "tiff": frozenset(("tif", "tiff", "dng", "nef", "cr2", "arw")),
    "webp": frozenset(("webp",)),
    "heic": frozenset(("heic", "heif")),
    "bmp": frozenset(("bmp",)),
    "program": frozenset(("exe", "dll", "com", "scr", "so")),
}
_TEXT_NAMES = frozenset(
    (
        "txt",
        "csv",
        "tsv",
        "log",
        "md",
        "htm",
        "html",
        "xml",
        "kml",
        "gpx",
        "json",
        "geojson",
        "ics",
        "vcf",
        "eml",
        "svg",
    )
)
_UNTOLD = frozenset(("unknown", "video", "audio"))
_HABITS = frozenset(  # what programs write under these names
    (("doc", "html"), ("xls", "html"), ("xls", "text"), ("xls", "xml"), ("doc", "xml"), ("msg", "eml"))
)
_KNOWN = frozenset().union(*_NAMES.values()) - {"dat", "key", "pages", "numbers", "com"}


def kind_of(data: bytes) -> str:
    """The kind of a file: a name of the tables above, "text", one of its forms, or "unknown"."""
    for offset, magic, kind in _MAGIC:
        if data.startswith(magic, offset):
            return kind
    if b"%PDF-" in data[:1_024]:
        return "pdf"
    if data[:1] == b"0" and _PKCS7 in data[:64]:
        return "enveloped" if _PKCS7 + b"\x03" in data[:64] else "signed"
    return _text_kind(data)


def _text_kind(data: bytes) -> str:
    head = data[:_HEAD]
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "text"
    if not is_text(head):
        return "unknown"
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if start.startswith(b"begin:vcalendar"):
        return "ics"
    if start.startswith(b"begin:vcard"):
        return "vcf"
    if start.startswith((b"<!doctype html", b"<html", b"<head", b"<body")):
        return "html"
    if start.startswith((b"<?xml", b"<kml", b"<gpx", b"<svg")):
        return next((name for name in ("kml", "gpx", "svg", "html") if f"<{name}".encode() in start), "xml")
    if start.startswith((b"{", b"[")):
        return "json"
    if start.startswith((b"0\n", b"0\r\nsection")) or b"\nsection" in start[:40]:
        return "dxf"
    return "eml" if _is_mail(start) else "text"


def _is_mail(start: bytes) -> bool:
    lines = start.split(b"\n", 12)[:12]
    return lines[0].startswith(_MAIL_FIELDS) and sum(line.startswith(_MAIL_FIELDS) for line in lines) > 2


def is_text(head: bytes) -> bool:
    """Whether bytes are text: hardly any control characters (UTF-16 without a mark counts when it is mostly ASCII)."""
    if not head:
        return True
    controls = sum(head.count(value) for value in range(9)) + sum(head.count(value) for value in range(14, 27))
    if (head.count(0) * 2 >= len(head) - 8 and not head[::2].strip(b"\0")) or (
        len(head) > 8 and not head[1::2].strip(b"\0")
    ):
        return True
    return controls * 100 <= len(head)


def zip_kind(names: frozenset[str]) -> str:
    """Which document a ZIP container is, by the entries it must have."""
    if "[Content_Types].xml" in names:
        for folder, kind in (("word/", "docx"), ("xl/", "xlsx"), ("ppt/", "pptx")):
            if any(name.startswith(folder) for name in names):
                return kind
    if "content.xml" in names and "mimetype" in names:
        return "odf"
    return "kmz" if any(name.lower().endswith(".kml") for name in names) and len(names) < 50 else "zip"


def contradicts(name: str, kind: str) -> bool:
    """Whether a file's name claims another kind than its content has (``plan.jpg`` that is an archive)."""
    extension = name.rpartition(".")[2].lower() if "." in name else ""
    if extension in _TEXT_NAMES:
        return kind not in TEXTS and kind != "unknown"
    if extension not in _KNOWN or kind in _UNTOLD or (extension, kind) in _HABITS:
        return False
    if kind in IMAGES and any(extension in _NAMES.get(other, ()) for other in IMAGES):
        return False  # one picture for another harms nobody
    allowed = _NAMES.get(kind)
    return extension not in allowed if allowed else kind in TEXTS
