"""Cells that are safe to open in a spreadsheet."""

import re

# A spreadsheet would run a cell that begins so.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
# What the format of Excel cannot hold.
_CONTROL_CHARACTERS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


def safe_cell(value: str) -> str:
    """A cell of CSV that no spreadsheet takes for a formula."""
    return f"'{value}" if value.startswith(_FORMULA_STARTS) else value


def without_control_characters(value: str) -> str:
    """A cell of XLSX; there, text that begins like a formula stays text."""
    return _CONTROL_CHARACTERS.sub(" ", value)
