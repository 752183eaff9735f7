"""The one error of exports that a person is meant to read."""

from __future__ import annotations


class ExportError(Exception):
    """Files cannot be made. The message is a sentence that says why and what to do."""
