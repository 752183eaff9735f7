"""The one error of this room that a person is meant to read."""

from __future__ import annotations


class InfraError(Exception):
    """A foreseeable fault of the stack or a command. The message is one sentence that says what to do."""
