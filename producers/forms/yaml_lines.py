"""A YAML file whose faults are named by line. All scalars stay text: `no` is no boolean, 02839 no octal number."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from producers.errors import ProducersError

Steps = tuple[str, ...]


@dataclass(frozen=True)
class Document:
    """The content of a file, and the way from a place in it to its line."""

    path: Path
    content: Any
    _root: yaml.Node

    def fault(self, steps: Steps, what: str) -> ProducersError:
        """The error of a place, given by the keys that lead to it: file, line and reason in one sentence."""
        at = f" ({'.'.join(steps)})" if steps else ""
        return ProducersError(f"{self.path}, line {self._line(steps)}{at}: {what}.")

    def _line(self, steps: Steps) -> int:
        node, line = self._root, self._root.start_mark.line
        for step in steps:
            if not isinstance(node, yaml.MappingNode):
                break
            found = next(((key, value) for key, value in node.value if key.value == step), None)
            if found is None:
                break
            line, node = found[0].start_mark.line, found[1]
        return line + 1


def read(path: Path) -> Document:
    """The document in a file.

    Raises:
        ProducersError: it cannot be opened, is no YAML, is empty, has a key twice, or is nested without end.
    """
    try:
        return _read(path)
    except RecursionError as error:
        raise ProducersError(f"{path} is nested too deeply.") from error


def _read(path: Path) -> Document:
    try:
        text = path.read_text(encoding="utf-8")
        root = yaml.compose(text, Loader=yaml.BaseLoader)
        content = yaml.load(text, yaml.BaseLoader)  # which makes only text
    except OSError as error:
        raise ProducersError(f"{path} cannot be opened: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise ProducersError(f"{path} is not UTF-8.") from error
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise ProducersError(f"{path}, line {line}: {error.problem}.") from error
    except yaml.YAMLError as error:
        raise ProducersError(f"{path} is no YAML: {str(error).splitlines()[0]}.") from error
    if root is None:
        raise ProducersError(f"{path} is empty.")
    document = Document(path, content, root)
    _refuse_repeats(document, root, ())
    return document


def _refuse_repeats(document: Document, node: yaml.Node, steps: Steps) -> None:
    """YAML lets the last of equal keys win in silence; here that would drop a column."""
    if isinstance(node, yaml.SequenceNode):
        for item in node.value:
            _refuse_repeats(document, item, steps)
    if not isinstance(node, yaml.MappingNode):
        return
    seen: set[str] = set()
    for key, value in node.value:
        if key.value in seen:
            line, at = key.start_mark.line + 1, ".".join((*steps, key.value))
            raise ProducersError(f"{document.path}, line {line} ({at}): this key stands here twice.")
        seen.add(key.value)
        _refuse_repeats(document, value, (*steps, key.value))
