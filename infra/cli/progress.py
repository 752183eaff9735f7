"""What the two publishing commands share: a progress bar, and a publisher whose faults end as one sentence."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import typer

from infra.errors import InfraError

if TYPE_CHECKING:
    from producers.publisher import Publisher
    from schemas.settings import Settings


@contextmanager
def bar(title: str, total: int) -> Iterator[Callable[[int], None]]:
    """A progress bar on standard error, and what moves it to an absolute figure."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

    columns = TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn()
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task(title, total=total)
        yield lambda done: progress.update(task, completed=done)


@contextmanager
def publisher(settings: Settings, wait_s: float, total: int | None = None) -> Iterator[Publisher]:
    """A publisher that waits so long for a broker that is away (below 0: for ever).

    Ctrl-C says how many of `total` records are confirmed, and goes on its way.

    Raises:
        InfraError: what the publisher has to say.
    """
    from producers.errors import ProducersError
    from producers.publisher import Publisher

    # The client logs every try that fails; what it means is said by the publisher.
    logging.getLogger("kafka").addHandler(logging.NullHandler())
    connected = None
    try:
        with Publisher(settings, wait_s=wait_s if wait_s >= 0 else None, say=say) as connected:
            yield connected
    except ProducersError as error:
        raise InfraError(str(error)) from error
    except KeyboardInterrupt:
        if connected is not None:
            of = f" of {total:,}" if total is not None else ""
            say(f"Stopped; {connected.confirmed:,}{of} records are confirmed. The same command again brings the rest, "
                "and what arrived already counts once.")
        raise


def say(sentence: str) -> None:
    """What a client has to say while it waits, on standard error."""
    typer.echo(sentence, err=True)
