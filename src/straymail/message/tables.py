"""Rows of a table as lines: cells apart by tabs, whatever paragraphs stand in them.

Letters are laid out by tables as well: a cell of many lines or words is text of its own, and its row stays as it was.
"""

from __future__ import annotations

from collections.abc import Sequence

_MOST_LINES = 3  # of one cell
_LONGEST_CELL, _LONGEST_ROW = 200, 1_500  # characters


def row_line(cells: Sequence[Sequence[str]]) -> str:
    """The line of a row, given the lines of each cell; "" when it is no row of data."""
    told = [[line for line in map(str.strip, cell) if line] for cell in cells]
    if sum(map(bool, told)) < 2 or any(len(cell) > _MOST_LINES for cell in told):
        return ""
    words = [" ".join(cell).replace("\t", " ") for cell in told]
    if max(map(len, words)) > _LONGEST_CELL or sum(map(len, words)) > _LONGEST_ROW:
        return ""
    return "\t".join(words).rstrip("\t")
