"""Villages of split communes: where the registers say to which successor one went, its sums go there too."""

from __future__ import annotations

from alembic import op

from sinks.ledger.migrations import run_sql

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Makes the views, and `sums_by_place` anew; places are loaded anew, with those of more successors."""
    op.execute("DROP FUNCTION sums_by_place(text)")
    op.execute("UPDATE dimensions SET digest = ''")
    run_sql(op.get_bind(), "villages.sql")
