"""Daily files on disk: the same figures always give the same bytes; the manifest comes last and proves the others."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
from collections.abc import Callable
from pathlib import Path

from sinks.exports.errors import ExportError
from sinks.exports.figures import Figures, Sheet

MANIFEST, SUMS = "manifest.json", "SHA256SUMS"


def as_csv(sheet: Sheet) -> bytes:
    """UTF-8, a head line, LF; what is unknown is empty."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(sheet.columns)
    writer.writerows(sheet.rows)
    return out.getvalue().encode()


def as_parquet(sheet: Sheet) -> bytes:
    """Strings and 64-bit integers, without compression. The bytes are those of one version of pyarrow.

    Raises:
        ExportError: pyarrow is not installed.
    """
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError as error:
        said = "Parquet needs pyarrow, which is not installed: pip install 'fieldtally[parquet]', or take --to csv."
        raise ExportError(said) from error
    columns = list(zip(*sheet.rows, strict=True)) or [()] * len(sheet.columns)
    kinds = [pa.int64() if name in sheet.numbers else pa.string() for name in sheet.columns]
    arrays = [pa.array(values, kind) for values, kind in zip(columns, kinds, strict=True)]
    out = io.BytesIO()
    pq.write_table(pa.table(arrays, names=list(sheet.columns)), out, compression="none")
    return out.getvalue()


FORMS: dict[str, Callable[[Sheet], bytes]] = {"csv": as_csv, "parquet": as_parquet}


def write(figures: Figures, form: str, folder: Path) -> Path:
    """Writes `folder/DAY/` and returns its manifest. A reader trusts the files that the manifest proves.

    Raises:
        ExportError: a file cannot be written, or the form needs what is not installed.
    """
    made = {f"{sheet.name}.{form}": FORMS[form](sheet) for sheet in figures.sheets}
    digests = {name: hashlib.sha256(content).hexdigest() for name, content in made.items()}
    manifest = {
        "format": 1, "day": figures.day.isoformat(), "rules": figures.rules, "map": figures.map,
        "files": [{"name": f"{sheet.name}.{form}", "rows": len(sheet.rows), "columns": list(sheet.columns),
                   "bytes": len(made[f"{sheet.name}.{form}"]), "sha256": digests[f"{sheet.name}.{form}"]}
                  for sheet in figures.sheets],
        "positions": figures.positions,
    }  # fmt: skip
    made[MANIFEST] = (json.dumps(manifest, indent=1) + "\n").encode()
    digests[MANIFEST] = hashlib.sha256(made[MANIFEST]).hexdigest()
    made[SUMS] = "".join(f"{digest}  {name}\n" for name, digest in digests.items()).encode()
    into = folder / figures.day.isoformat()
    try:
        into.mkdir(parents=True, exist_ok=True)
        for name, content in made.items():
            put(into / name, content)
    except OSError as error:
        raise ExportError(f"{error.filename or into} cannot be written: {error.strerror}.") from error
    return into / MANIFEST


def put(path: Path, content: bytes) -> None:
    """Replaces a file in one step, durably, so that nobody reads half of it."""
    fresh = path.with_name(path.name + ".part")
    try:
        with fresh.open("wb") as out:
            out.write(content)
            out.flush()
            os.fsync(out.fileno())
        fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)
