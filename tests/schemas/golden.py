"""The golden examples as parameters, and small tools to take JSON apart."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from schemas.contracts.generate import FOLDER

GOLDEN = FOLDER / "golden"
FILES = sorted(GOLDEN.glob("*/[0-9]*/*.json"))
REFUSED = sorted((GOLDEN / "refused").glob("*/*"))
Place = tuple[str, ...]


def each(files: list[Path]) -> pytest.MarkDecorator:
    """Parametrize a test by files, named by their place below the golden folder."""
    return pytest.mark.parametrize("path", files, ids=lambda path: str(path.relative_to(GOLDEN)))


def document(path: Path) -> dict[str, Any]:
    """The JSON of an example."""
    read: dict[str, Any] = json.loads(path.read_bytes())
    return read


def places(node: Any, at: Place = ()) -> Iterator[Place]:
    """Every place in a document, the root first; objects only, as events hold no lists."""
    yield at
    if isinstance(node, dict):
        for name, value in node.items():
            yield from places(value, (*at, name))


def at(node: Any, place: Place) -> Any:
    """What stands in a place."""
    for name in place:
        node = node[name]
    return node


def replaced(node: Any, place: Place, value: Any) -> Any:
    """A copy with another value in a place; a name that is not there yet is added."""
    if not place:
        return value
    changed = copy.deepcopy(node)
    at(changed, place[:-1])[place[-1]] = value
    return changed


def removed(node: Any, place: Place) -> Any:
    """A copy without a place."""
    changed = copy.deepcopy(node)
    del at(changed, place[:-1])[place[-1]]
    return changed


EXAMPLES = [document(path) for path in FILES]
