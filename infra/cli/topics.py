"""`fieldtally topics`: the topics on the broker against their definition."""

from __future__ import annotations

from typing import Annotated

import typer

from infra.cli.common import settings


def topics(
    alter: Annotated[
        bool, typer.Option("--alter", help="Set what differs as the definition has it, where that loses no record.")
    ] = False,
) -> None:
    """List the topics, create those that are missing, lay the map on its own, say what differs (exit status 1 then)."""
    from rich.console import Console
    from rich.table import Table

    from infra import topics as broker
    from producers.office.places import publish_committed
    from schemas.topics import TOPICS

    wanted = settings()
    comparison = broker.ensure(wanted)
    publish_committed(wanted)
    table = Table("topic", "key", "partitions", "policy", "state", box=None, pad_edge=False)
    for topic in TOPICS:
        state = "created" if topic in comparison.missing else "there"
        policy = topic.config().get("cleanup.policy", "delete")
        table.add_row(wanted.topic(topic.name), topic.key, str(wanted.partitions), policy, state)
    Console().print(table)
    differs = broker.alter(wanted, comparison.differs) if alter else comparison.differs
    for each in comparison.differs:
        typer.echo(each if each in differs else f"{each} It was altered.")
    raise typer.Exit(1 if differs else 0)
