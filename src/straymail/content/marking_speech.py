"""Whether a sentence speaks about a marking ("we explain the label TLP:RED") rather than bears it.

A marking bears by itself: alone on its line, before a colon or a dash at the start of a line, in brackets at either end
of one, after a dash at its end. Within a sentence it counts too ("the OFFICIAL-SENSITIVE annex"), unless the sentence
is about labels, their meaning or how to handle them, and does not say that this here is marked so.
"""

from __future__ import annotations

import re2

from straymail.content.scan import Hit, Text

_NEAR = 240  # bytes; sentences are hardly longer
_FIRST = re2.compile(
    rb"^[\s>*_#=\-{|:.~]{0,12}[\[(]?(?i:(?:classification|marking|handling|distribution|tlp)\s?[:=]\s?)?$"
)
_THEN = re2.compile(rb"^[\])}*_]{0,3}(?:\s*$|\s?[:|]| ?(?:-|\xe2\x80[\x93\x94]) |//)")
_LAST = re2.compile(rb"^[\s*_\])}.|~\-]{0,8}$")
_BEFORE = re2.compile(rb"(?:^|[\[|]| (?:-|\xe2\x80[\x93\x94]) |//)\s?$")
_AFTERWARDS = re2.compile(
    rb"^[\"')]{0,2}(?:\s\(FOUO\))?\s(?:was|were|has been|had been"
    rb"|is (?:being |now )?(?:replaced|obsolete|a|an|no|used)\b|is defined|means|stands for"
    rb"|markings?|labels?|caveats?|designations?|polic(?:y|ies)|program)"
)
_ABOUT = re2.compile(
    rb"(?i)\b(?:labels?|markings|(?:the|a|old|new|former|each|which|what|this|that) marking|caveats?"
    rb"|designations?|colou?rs|levels"
    rb"|schemes?|handbook|quiz|training (?:on|in|about|for)|explain(?:s|ed|ing)?|mean(?:s|ing)"
    rb"|bedeutet|signifie|kennzeichnung|stands? for"
    rb"|defin(?:e[sd]?|itions?)|replac(?:e[sd]?|ing)|renamed|supersed(?:e[sd]?|ing)|abolished|obsolete|former(?:ly)?"
    rb"|used to (?:mark|label|stamp)"
    rb"|how to|what is|what does|differences?|instead of|is called|known as|so-called|for example|such as|e\.g)\b"
    rb"|(?i)\bhandling (?:of )?[^:.]{0,20}\x00"
)
_PAPER = rb"(?:report|paper|annex|document|file|version|draft|brief|minutes|list|roster|slides?|advisory|plan|e-?mail)"
_THIS = re2.compile(
    rb"(?i)\b(?:this|these|attached|enclosed|following)\b(?:\s\w+){0,5}\s(?:is|are)(?:\s\w+){0,3}\s[\"']?\x00"
    rb"|\b(?:this|attached|enclosed)\b(?:\s\w+){0,2}\s[\"'(\[]?\x00|\b(?:is|are)\s(?:marked|classified)\s(?:as\s)?\x00"
    rb"|\x00(?:\s\w+){0,2}\s" + _PAPER + rb"\s(?:(?:is|are)\s)?(?:attached|enclosed|below)\b"
)
_ENDS = re2.compile(rb"[.!?;]\s|\n\s*\n")


def is_spoken_of(hit: Hit, text: Text) -> bool:
    """Whether the words of a hit are only mentioned."""
    shown = hit.text.strip()
    start = hit.start + len(hit.text.encode()) - len(hit.text.lstrip().encode())
    end = start + len(shown.encode())
    before, after = text.data[max(0, start - _NEAR) : start], text.data[end : end + _NEAR]
    if _AFTERWARDS.search(after):
        return True
    opened, closed = (shown[0].encode(), shown[-1].encode()) if shown[0] in "[({" else (b"", b"")
    if _stands(before.rpartition(b"\n")[2] + opened, closed + after.partition(b"\n")[0], text.where):
        return False
    sentence = _ENDS.split(before)[-1] + b"\x00" + _ENDS.split(after)[0]
    return _ABOUT.search(sentence) is not None and not _THIS.search(sentence)


def _stands(before: bytes, after: bytes, where: str) -> bool:
    """Whether what stands before and after on the line lets a marking stand by itself."""
    if _FIRST.search(before):
        return _THEN.search(after) is not None
    bracket = where == "subject" and before.endswith(b"(")
    return _LAST.search(after) is not None and (bracket or _BEFORE.search(before) is not None)
