"""Foreseeable faults as one sentence that says what to do. What is not listed is a bug and keeps its traceback."""

from __future__ import annotations

import errno

import psycopg2
from kafka.errors import KafkaConnectionError, KafkaTimeoutError, NodeNotReadyError
from sqlalchemy.exc import OperationalError

from infra.errors import InfraError
from producers.errors import ProducersError
from schemas.settings import SettingsError
from sinks.ledger.errors import LedgerError


def sentence(error: Exception) -> str | None:
    """What to tell the user, or None when the error is not a foreseeable one."""
    match error:
        case InfraError() | SettingsError() | ProducersError() | LedgerError():
            return str(error)
        case KafkaConnectionError() | KafkaTimeoutError() | NodeNotReadyError():
            return ("Kafka does not answer: start the stack with `fieldtally up`, or set FIELDTALLY_BOOTSTRAP to "
                    f"your brokers ({_first_line(error)}).")
        case OperationalError() | psycopg2.OperationalError():
            return ("Postgres does not answer: start the stack with `fieldtally up`, or set FIELDTALLY_DATABASE_URL "
                    f"to your database ({_first_line(error)}).")
        case PermissionError():
            return f"No permission for {error.filename}: run this as its owner."
        case FileNotFoundError() if error.filename:
            return f"There is no {error.filename}."
        case IsADirectoryError() if error.filename:
            return f"{error.filename} is a folder; a file is needed."
        case OSError(errno=errno.ENOSPC | errno.EDQUOT):
            return f"The disk of {error.filename or 'the output'} is full: make room and give the command again."
        case OSError(errno=errno.EFBIG):
            return (f"{error.filename or 'The output'} would be larger than a file may be here: raise that limit "
                    "(`ulimit -f`) and give the command again.")
        case OSError() if error.filename:
            return f"{error.filename} cannot be used: {error.strerror}."
        case _:
            return None


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0].strip()
