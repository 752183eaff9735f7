"""Finds what points and devices have among all events: reports and findings ask for these few of them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Makes the index."""
    types = "type IN ('point.connected', 'device.installed', 'device.faulted', 'device.removed')"
    op.create_index("events_of_points", "events", ["stream"], postgresql_where=sa.text(types))
