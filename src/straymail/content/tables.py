"""Tables in text: the rows below a head line, in CSV, tabs or bars."""

from __future__ import annotations

import csv
from collections.abc import Iterator

from straymail.content.scan import Hit, Text

DRESS = " \t\r\"'*"
_DELIMITERS = "\t|;,"
_LONGEST_ROW = 1_000  # bytes


def head_cells(head: str) -> tuple[str, list[str]]:
    """The delimiter of a table's head line, and its cells."""
    delimiter = max(_DELIMITERS, key=head.count)
    return delimiter, [cell.strip(DRESS) for cell in cells(head, delimiter)]


def rows(text: Text, head: Hit, delimiter: str, most: int) -> Iterator[tuple[int, int, list[str]]]:
    """Bounds in bytes and cells of the rows below a head, up to a line of one cell."""
    at = head.end
    for _ in range(most):
        start = at + 1
        at = text.data.find(b"\n", start, start + _LONGEST_ROW)
        end = at if at >= 0 else min(len(text.data), start + _LONGEST_ROW)
        row = cells(text.data[start:end].decode("utf-8", "replace"), delimiter)
        if len(row) < 2:
            return
        yield start, end, row
        if at < 0:
            return


def cells(row: str, delimiter: str) -> list[str]:
    """The cells of one row; a field in quotes may hold the delimiter."""
    if delimiter == "|":
        return row.strip().strip("|").split(delimiter)
    row = row.strip("\r\n ")
    if '"' not in row or delimiter == "\t":
        return row.split(delimiter)
    try:
        return next(csv.reader((row,), delimiter=delimiter, skipinitialspace=True), [])
    except csv.Error:
        return row.split(delimiter)
