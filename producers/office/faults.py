"""What is wrong with a file that an office loads: the line and a clause; nothing of such a file is taken."""

from __future__ import annotations

from typing import NamedTuple


class Fault(NamedTuple):
    """A line of a file, from 1, and why it cannot be taken; the clause never quotes personal data."""

    line: int
    reason: str

    def said(self, file: str) -> str:
        """The sentence for whoever gave the file."""
        return f"{file}, line {self.line}: {self.reason}."
