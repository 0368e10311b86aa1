"""Text and structure out of attachments, in a limited process of their own.

Types are told by content, not by name; a name that claims otherwise is itself a finding. What cannot be read is
said (``unread.encrypted``, ``unread.damaged``, ``unread.limit``, ``unread.type``, ``unread.mismatch``), never passed
over in silence. Pictures are handed on; their writing is read only where that is asked for (``ReadLimits.ocr``), else
large ones are said to be unread.
"""

from __future__ import annotations

from straymail.extract.extractor import Extractor
from straymail.extract.limits import ReadLimits
from straymail.extract.model import Extraction, File

__all__ = ["Extraction", "Extractor", "File", "ReadLimits"]
