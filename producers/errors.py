"""The one error of this room that a person is meant to read."""

from __future__ import annotations


class ProducersError(Exception):
    """A foreseeable fault of publishing or importing. The message is one sentence that says what to do."""
