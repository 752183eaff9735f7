"""How the exports of two widespread form servers look, so that a mapping need not say it."""

from __future__ import annotations

from typing import NamedTuple


class Style(NamedTuple):
    """Columns that every export of a server has: record id, an edited row's id before, review, end of filling in."""

    record: tuple[str, ...]
    replaced: str | None
    skip: dict[str, tuple[str, ...]]
    time: str | None


STYLES = {
    # KEY stays the same when a submission is edited in Central. A repeat's own KEY holds its parent's and its place.
    "odk-central": Style(("KEY",), None, {"ReviewState": ("rejected",)}, "end"),
    # An edit gives a submission another _uuid; only meta/rootUuid stays (in exports since the end of 2025, to be
    # chosen among the columns). An older export has no id that is sure to stay but the server's number, _id.
    "kobotoolbox": Style(
        ("meta/rootUuid", "_uuid"),
        "meta/deprecatedID",
        {"_validation_status": ("Not Approved", "validation_status_not_approved")},
        "end",
    ),
    "table": Style((), None, {}, None),
}
