"""The second view: the standard library's compat32 parser, bounded, and never trusted to return."""

from __future__ import annotations

from email.message import Message as StdMessage
from email.parser import BytesParser
from email.policy import compat32

from straymail.message.encoded import decode_base64
from straymail.message.limits import Limits
from straymail.message.model import Defect, Part


def second_view(raw: bytes, limits: Limits) -> tuple[list[Part], list[Defect]]:
    """Leaves as the standard library sees them; the caller has bounded nesting before."""
    try:
        root = BytesParser(policy=compat32).parsebytes(raw)
        return list(_leaves(root, limits)), []
    except (RecursionError, ValueError, LookupError, TypeError, AttributeError, IndexError, KeyError) as error:
        return [], [Defect("second-view-failed", f"the second parser failed: {type(error).__name__}")]


def _leaves(root: StdMessage, limits: Limits) -> list[Part]:
    parts: list[Part] = []
    stack: list[tuple[StdMessage, str, int]] = [(root, "1", 0)]
    while stack and len(parts) < limits.parts:
        node, path, depth = stack.pop()
        payload = node.get_payload()
        if depth > limits.depth:
            continue
        if isinstance(payload, list):
            children = [child for child in payload if isinstance(child, StdMessage)]
            stack.extend((child, f"{path}.{n}", depth + 1) for n, child in reversed(list(enumerate(children, 1))))
        else:
            parts.append(_part(node, path))
    return parts


def _part(node: StdMessage, path: str) -> Part:
    disposition = (node.get_content_disposition() or "")[:20]
    return Part(
        path,
        node.get_content_type(),
        str(node.get_content_charset("") or ""),
        str(node.get_filename("") or ""),
        disposition if disposition in ("inline", "attachment", "") else "attachment",
        _content(node),
        "second",
    )


def _content(node: StdMessage) -> bytes:
    encoding = str(node.get("content-transfer-encoding", "")).strip().lower()
    if encoding == "base64":
        raw = node.get_payload(decode=False)
        return decode_base64(raw.encode("ascii", "surrogateescape") if isinstance(raw, str) else b"")
    data = node.get_payload(decode=True)
    return data if isinstance(data, bytes) else b""
