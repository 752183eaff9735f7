"""Says by which decision a unit took over from another."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Adds the columns; the next start of the ledger fills them."""
    op.add_column("successions", sa.Column("decision", sa.Text(), comment="its number; none where no source gives it"))
    op.add_column("successions", sa.Column("decided", sa.Date()))
