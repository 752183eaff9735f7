"""Write the generated contracts, or check that the committed ones are what the code says.

    python -m schemas.contracts.generate [--check]

Exit status: 0 all is well, 1 committed files differ from the code (`--check`), 2 a contract would break its readers.
"""

from __future__ import annotations

import argparse
import copy
import json
import sys
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from schemas.contracts import documents, published
from schemas.contracts.compatibility import breaks, closed
from schemas.contracts.json_schema import Schema
from schemas.rejected import HEADER_REASON

FOLDER = Path(__file__).parent
GROWING = {HEADER_REASON}  # code lists of which readers are told that later versions may add to them (readers.md)


def drift(folder: Path = FOLDER) -> list[str]:
    """The files that differ from the code, are missing, or belong to no contract; empty when all agree."""
    said = documents.texts()
    differing = [str(path) for path, text in said.items() if _text(folder / path) != text]
    return sorted([*differing, *map(str, _strays(folder)), *map(str, _lost(folder))])


def broken_promises(contracts: dict[PurePosixPath, Schema], folder: Path = FOLDER) -> list[str]:
    """Where contracts of now refuse what committed ones, of their version or an earlier one, accepted."""
    ours = {documents.schema_path(name, published.VERSION).parent for name in published.schemas()}
    broken = []
    for path, new in contracts.items():
        judge = _both_ways if path.parent in ours else breaks
        for version in range(1, int(path.stem) + 1):
            committed = folder / path.with_stem(str(version))
            if committed.exists():
                old = json.loads(committed.read_text(encoding="utf-8"))
                broken += [f"{path} against version {version}: {line}" for line in judge(old, new)]
    return broken


def write(folder: Path = FOLDER) -> list[str]:
    """Write what differs and return its paths. Contracts that would break a promise are the caller's to refuse."""
    said = documents.texts()
    changed = [path for path, text in said.items() if _text(folder / path) != text]
    for path in changed:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(said[path], encoding="utf-8")
    return sorted(map(str, changed))


def _text(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.exists() else None


def _strays(folder: Path) -> Iterator[PurePosixPath]:
    """Committed schemas of no known contract, or of a version that the code has not reached."""
    latest = {path.parent: int(path.stem) for path in documents.schemas()}
    for file in (folder / "jsonschema").glob("*/*"):
        path = PurePosixPath(file.relative_to(folder).as_posix())
        if not (path.stem.isdigit() and 1 <= int(path.stem) <= latest.get(path.parent, 0)):
            yield path


def _lost(folder: Path) -> Iterator[PurePosixPath]:
    """Earlier versions that are gone: they shipped, so they stay."""
    for path in documents.schemas():
        earlier = (path.with_stem(str(version)) for version in range(1, int(path.stem)))
        yield from (path for path in earlier if not (folder / path).exists())


def _both_ways(old: Schema, new: Schema) -> list[str]:
    """For what we write and others read: old readers must read the new as well."""
    backward, forward = breaks(closed(old), new), breaks(closed(_without_later_codes(new, old)), old)
    return backward + [f"readers of before: {line}" for line in forward]


def _without_later_codes(new: Schema, old: Schema) -> Schema:
    """The new contract without the codes that lists which may grow got since the old one."""
    told = copy.deepcopy(new)
    for name in GROWING & told.get("properties", {}).keys() & old.get("properties", {}).keys():
        known = [code["const"] for code in old["properties"][name]["oneOf"]]
        told["properties"][name]["oneOf"] = [c for c in told["properties"][name]["oneOf"] if c["const"] in known]
    return told


def main(arguments: list[str] | None = None, folder: Path = FOLDER) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m schemas.contracts.generate", description=__doc__)
    parser.add_argument("--check", action="store_true", help="change nothing; exit 1 and name the files that differ")
    check = parser.parse_args(arguments).check
    if broken := broken_promises(documents.schemas(), folder):
        print("A contract that was ever valid stays valid. Keep accepting the old form, or make a new event type:")
        print("\n".join(broken))
        return 2
    files = drift(folder) if check else write(folder)
    if files:
        print("Run `python -m schemas.contracts.generate`; these differ from the code:" if check else "Written:")
        print("\n".join(files))
    return 1 if check and files else 0


if __name__ == "__main__":
    sys.exit(main())
