"""The ledger's schema in steps: `upgrade` brings a database to the newest one."""

from __future__ import annotations

from contextlib import closing
from importlib.resources import files

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, create_engine
from sqlalchemy.pool import NullPool

LOCK = 0x6669656C64  # of Postgres' advisory locks: two that upgrade at once take turns


def upgrade(url: str) -> None:
    """Brings the database at an SQLAlchemy URL to the newest schema; harmless when it is there already.

    Raises:
        sqlalchemy.exc.OperationalError: Postgres cannot be reached.
    """
    config = Config()
    config.set_main_option("script_location", "sinks.ledger:migrations")
    engine = create_engine(url, poolclass=NullPool)
    with engine.begin() as connection:
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({LOCK})")
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def run_sql(bind: Connection, name: str) -> None:
    """Runs a file of `migrations/sql`; for the steps."""
    # As the driver's own statement: SQLAlchemy would take a colon or a percent sign for a parameter.
    with closing(bind.connection.cursor()) as cursor:
        cursor.execute((files(__package__) / "sql" / name).read_text())
