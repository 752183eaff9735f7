"""The ledger's errors. A database that cannot be reached or a deadlock raises its own error: the service ends on it."""

from __future__ import annotations


class LedgerError(Exception):
    """The ledger cannot go on. The message is a sentence that says why and what to do."""
