"""`fieldtally topics`: the topics on the broker against their definition."""

from __future__ import annotations

import typer

from infra.cli.common import settings


def topics() -> None:
    """List the topics, create those that are missing, lay the map on its own, say what differs (exit status 1 then)."""
    from rich.console import Console
    from rich.table import Table

    from infra.topics import ensure
    from producers.office.places import publish_committed
    from schemas.topics import TOPICS

    wanted = settings()
    comparison = ensure(wanted)
    publish_committed(wanted)
    table = Table("topic", "key", "partitions", "policy", "state", box=None, pad_edge=False)
    for topic in TOPICS:
        state = "created" if topic in comparison.missing else "there"
        policy = topic.config().get("cleanup.policy", "delete")
        table.add_row(wanted.topic(topic.name), topic.key, str(wanted.partitions), policy, state)
    Console().print(table)
    for sentence in comparison.differs:
        typer.echo(sentence)
    raise typer.Exit(1 if comparison.differs else 0)
