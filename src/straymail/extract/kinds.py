"""What a file is, by its content: a small table of first bytes, then a look at text. Names are not believed."""

from __future__ import annotations

from straymail.extract.crypto import crypto_kind

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
    (0, b"VCLMTF", "drawing"),  # LibreOffice's previews
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
    (0, b"\x76\xe8\x04\x60\xc4\x11\xe3\x86", "rights"),  # message.rpmsg (MS-OXORMMS 2.2.4)
    (0, b"Salted__", "locked"),  # openssl enc
    (0, b"\x03\xd9\xa2\x9a", "locked"),  # KeePass
    (0, b"age-encryption.org/", "locked"),
    (0, b"-----BEGIN AGE ENCRYPTED FILE-----", "locked"),
    (0, b"LUKS\xba\xbe", "locked"),
    (0, b"wOF", "font"),
    (0, b"\0\x01\0\0\0", "font"),
    (0, b"!BDN", "pst"),
)
_MAIL_FIELDS = (b"return-path:", b"received:", b"from:", b"message-id:", b"mime-version:", b"delivered-to:", b"date:",
                b"subject:", b"to:", b"x-", b"content-type:")  # fmt: skip
_HEAD, _LONGEST_COMMENT = 4_096, 1 << 20
# What an HTML document or a fragment of one begins with, comments apart. No <script> or <title>: programs and feeds
# begin with them as well, and HTML is read without its scripts and attributes.
_HTML = ("!doctype html", "html", "head", "body", "meta", "base", "link", "style", "div", "p", "span", "table", "tr",
         "td", "center", "font", "br", "hr", "h1", "h2", "h3", "ul", "ol", "b", "i", "a", "img", "form")  # fmt: skip
_HTML_OPENINGS = tuple(f"<{name}{end}".encode() for name in _HTML for end in (">", " ", "\n", "\r", "\t", "/"))
_WIDE_KINDS = frozenset(("html", "xml", "svg", "ics", "vcf", "kml", "gpx", "json"))
_HTML_NAMES = (".html", ".htm", ".xhtml", ".shtml")
IMAGES = frozenset(("jpeg", "png", "gif", "tiff", "webp", "heic", "avif", "bmp"))
TEXTS = frozenset(("text", "html", "xml", "kml", "gpx", "svg", "eml", "mbox", "ics", "vcf", "json", "dxf"))
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
    "kmz": frozenset(("kmz", "zip")),
    "zip": frozenset(("zip", "kmz", "jar", "war", "apk", "epub", "xpi", "pages", "numbers", "key")),
    "ole": frozenset(("doc", "xls", "ppt", "msg", "dot", "xlt", "pps", "vsd", "mpp", "docx", "xlsx", "pptx", "msi")),
    "rtf": frozenset(("rtf", "doc")),
    "gzip": frozenset(("gz", "tgz", "gzip")),
    "bzip2": frozenset(("bz2", "tbz2", "tbz")),
    "xz": frozenset(("xz", "txz")),
    "tar": frozenset(("tar",)),
    "7z": frozenset(("7z",)),
    "rar": frozenset(("rar",)),
    "tnef": frozenset(("dat",)),
    "rights": frozenset(("rpmsg",)),
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
    (("doc", "html"), ("xls", "html"), ("xls", "text"), ("xls", "xml"), ("doc", "xml"), ("msg", "eml"), ("msg", "mbox"))
)
_KNOWN = frozenset().union(*_NAMES.values()) - {"dat", "key", "pages", "numbers", "com"}


def kind_of(data: bytes) -> str:
    """The kind of a file: a name of the tables above, "text", one of its forms, or "unknown"."""
    for offset, magic, kind in _MAGIC:
        if data.startswith(magic, offset):
            return kind
    if b"%PDF-" in data[:1_024]:
        return "pdf"
    return crypto_kind(data) or _text_kind(data)


def _text_kind(data: bytes) -> str:
    head = data[:_HEAD]
    if head and not head.strip(b"\0"):
        return "unknown"  # as images of disks begin
    wide = wide_codec(head)
    if wide:
        kind = _opening_kind(head.decode(wide, "replace").encode("utf-8", "replace"))
        return kind if kind in _WIDE_KINDS else "text"
    return _opening_kind(_uncommented(data)) if is_text(head) else "unknown"


def _uncommented(data: bytes) -> bytes:
    """The beginning of a text, without comments that begin in it and are so long that nothing else is."""
    head = data[:_HEAD]
    at = head.find(b"<!--")
    if at < 0 or not head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<") or b"-->" in head[at:]:
        return head
    end = data.find(b"-->", at, at + _LONGEST_COMMENT)
    return head[:at] + data[end + 3 : end + 3 + _HEAD] if end >= 0 else head


def wide_codec(data: bytes) -> str:
    """The codec of UTF-16 and UTF-32, told by their mark or by the zero bytes of mostly ASCII text; else ""."""
    if data.startswith((b"\xff\xfe\0\0", b"\0\0\xfe\xff")):
        return "utf-32"
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    if len(data) > 1 and not data[1:512:2].strip(b"\0"):
        return "utf-16-le"
    return "utf-16-be" if len(data) > 1 and not data[:512:2].strip(b"\0") else ""


def _opening_kind(head: bytes) -> str:
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith(b"begin:vcalendar"):
        return "ics"
    if start.startswith(b"begin:vcard"):
        return "vcf"
    if _after_comments(start).startswith(_HTML_OPENINGS):
        return "html"
    if start.startswith(b"<?xml") or _after_comments(start).startswith((b"<kml", b"<gpx", b"<svg")):
        return next((name for name in ("kml", "gpx", "svg", "html") if f"<{name}".encode() in start), "xml")
    if start.startswith((b"{", b"[")):
        return "json"
    if start.startswith((b"0\n", b"0\r\nsection")) or b"\nsection" in start[:40]:
        return "dxf"
    if start.startswith(b"from ") and _is_mail(start.partition(b"\n")[2]):
        return "mbox"
    return "eml" if _is_mail(start) else "text"


def _after_comments(start: bytes) -> bytes:
    while start.startswith(b"<!--"):
        start = start.partition(b"-->")[2].lstrip()
    return start


def is_named_mail(name: str) -> bool:
    """Whether a text is a mail (or a web archive, which is one) by its name: its fields may be few."""
    return name.lower().endswith((".eml", ".mht", ".mhtml"))


def is_named_xml(name: str) -> bool:
    """Whether what begins with an element of HTML is XML by its name: settings may have such elements too."""
    return name.lower().endswith((".xml", ".xsd", ".xsl", ".config", ".drawio"))


def is_named_html(name: str) -> bool:
    """Whether a text is HTML by its name: fragments begin with anything."""
    return name.lower().endswith(_HTML_NAMES)


def _is_mail(start: bytes) -> bool:
    lines = start.split(b"\n", 12)[:12]
    return lines[0].startswith(_MAIL_FIELDS) and sum(line.startswith(_MAIL_FIELDS) for line in lines) > 2


def mislabelled(data: bytes) -> bool:
    """Whether what is sent as the text of a mail is a file of another kind."""
    kind = kind_of(data)
    return kind in ("rtf", "pdf") or (kind not in TEXTS and kind != "unknown" and not is_text(data[:_HEAD]))


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
    if "mimetype" in names and ("content.xml" in names or "encrypted-package" in names):
        return "odf"
    maps = [name for name in names if name.lower().endswith(".kml")]
    return "kmz" if maps and (len(names) < 50 or any("/" not in name for name in maps)) else "zip"


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
