"""Programmes as files: YAML, read strictly, every fault with the file and the line that it stands in."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

import msgspec
import yaml

from schemas import places as map_of_places
from schemas.places import Places
from schemas.programmes.checks import Path, faults
from schemas.programmes.errors import ProgrammeError
from schemas.programmes.model import Programme

_SUFFIX = ".yaml"


def names() -> list[str]:
    """The programmes that come with this package."""
    return sorted(file.name.removesuffix(_SUFFIX) for file in files(__package__).iterdir() if
                  file.name.endswith(_SUFFIX))  # fmt: skip


@cache
def load(name: str) -> Programme:
    """A programme of this package.

    Raises:
        ProgrammeError: there is none of this name.
    """
    if name not in names():
        raise ProgrammeError(f"There is no programme `{name}`; there are {', '.join(names())}.")
    file = name + _SUFFIX
    return read(files(__package__).joinpath(file).read_bytes(), file, map_of_places.load())


def read(data: bytes, file: str, places: Places) -> Programme:
    """The programme in a file's bytes; `file` is its name for messages.

    Raises:
        ProgrammeError: it cannot be used; every line that is wrong is named.
    """
    try:
        return _read(data, file, places)
    except RecursionError as error:
        raise _error(file, [(1, "it, or an expression in it, is nested too deeply")]) from error


def _read(data: bytes, file: str, places: Places) -> Programme:
    root = _nodes(data, file)
    try:
        programme = msgspec.convert(_values(data, file), Programme)
    except msgspec.ValidationError as error:
        reason, _, where = str(error).partition(" - at `$")
        raise _error(file, [(_line(root, _path(where.removesuffix("`"))), reason)]) from error
    if found := [(_line(root, fault.path), fault.reason) for fault in faults(programme, places)]:
        raise _error(file, found)
    return programme


class _Loader(yaml.SafeLoader):
    """Says of every value that cannot be made, such as 2023-06-31, where it stands; takes no aliases, by which a small
    file can be endless."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            alias = self.peek_event()  # type: ignore[no-untyped-call]  # types-PyYAML gives it none
            reason = f"write out what `*{alias.anchor}` stands for"
            raise yaml.composer.ComposerError(problem=reason, problem_mark=alias.start_mark)
        return super().compose_node(parent, index)

    def construct_object(self, node: yaml.Node, deep: bool = False) -> object:
        try:
            return super().construct_object(node, deep)
        except ValueError as error:
            reason = f"`{node.value}` cannot be: {error}"
            raise yaml.constructor.ConstructorError(problem=reason, problem_mark=node.start_mark) from error


def _values(data: bytes, file: str) -> object:
    try:
        return yaml.load(data, _Loader)
    except yaml.YAMLError as error:
        raise _no_yaml(file, error) from error


def _nodes(data: bytes, file: str) -> yaml.Node:
    try:
        root = yaml.compose(data, _Loader)  # a safe one
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise _no_yaml(file, error) from error
    if root is None:
        raise _error(file, [(1, "the file is empty")])
    _refuse_repeated_keys(root, file)
    return root


def _no_yaml(file: str, error: yaml.YAMLError | UnicodeDecodeError) -> ProgrammeError:
    mark = getattr(error, "problem_mark", None)
    reason = getattr(error, "problem", None) or "is no text in UTF-8"
    return _error(file, [(mark.line + 1 if mark else 1, f"no YAML: {reason}")])


def _refuse_repeated_keys(node: yaml.Node, file: str) -> None:
    children = [child for pair in node.value for child in pair] if isinstance(node, yaml.MappingNode) else node.value
    if isinstance(node, yaml.MappingNode):
        keys = [key.value for key, _ in node.value]
        for index, (key, _) in enumerate(node.value):
            if key.value in keys[:index]:
                raise _error(file, [(key.start_mark.line + 1, f"the key `{key.value}` stands twice")])
    if not isinstance(node, yaml.ScalarNode):
        for child in children:
            _refuse_repeated_keys(child, file)


def _path(where: str) -> Path:
    """msgspec's `.rows[3].targets` as a path; what it cannot name ends it."""
    steps: list[str | int] = []
    for part in where.replace("[", ".[").split("."):
        if part.startswith("[") and part[1:-1].isdigit():
            steps.append(int(part[1:-1]))
        elif part and part[0] != "[":
            steps.append(part)
    return tuple(steps)


def _line(node: yaml.Node, path: Path) -> int:
    """The line (from 1) of the node at a path, or of the nearest node above it."""
    for step in path:
        if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
            node = node.value[step]
        elif isinstance(node, yaml.MappingNode):
            found = [value for key, value in node.value if key.value == step]
            if not found:
                break
            node = found[0]
    return node.start_mark.line + 1


def _error(file: str, found: list[tuple[int, str]]) -> ProgrammeError:
    return ProgrammeError("\n".join(f"{file}, line {line}: {reason}" for line, reason in found))
