"""COPY into a table from lines of text."""

from __future__ import annotations

import io

from psycopg2 import extensions


def copy(cursor: extensions.cursor, table: str, lines: list[str]) -> None:
    """Copies lines in COPY's text format; their columns are the table's."""
    if lines:
        cursor.copy_expert(f"COPY {table} FROM STDIN", io.BytesIO("\n".join([*lines, ""]).encode()))
