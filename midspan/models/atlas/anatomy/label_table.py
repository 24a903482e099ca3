"""The table beside a label volume: what each label means, from a CSV file or a preset that ships."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from midspan.errors import BadAtlas, UnknownName
from midspan.models.atlas.anatomy.atlas import Structure

PRESETS: dict[str, Path] = {
    # the 117 classes of TotalSegmentator 2 `total`; names, groups and words are ours
    "totalsegmentator": Path(__file__).parent / "presets" / "totalsegmentator.csv",
}
_COLUMNS = ("label", "name", "laterality", "group", "aliases", "snomed", "uberon")
_SIDES = {"": "", "none": "", "left": "left", "right": "right"}


def preset(name: str) -> tuple[Structure, ...]:
    """Raises ``UnknownName``."""
    if name not in PRESETS:
        raise UnknownName("preset", name, list(PRESETS))
    return read_table(PRESETS[name])


def read_table(path: Path) -> tuple[Structure, ...]:
    """Structures of a table with the columns ``label,name,laterality,group,aliases,snomed,uberon``, of
    which only the first two are needed; aliases are separated by ``|``. Raises ``BadAtlas``."""
    structures: list[Structure] = []
    for line, row in _rows(path, needed=("label", "name"), known=_COLUMNS):
        where = f"{path}, line {line}"
        if not row["label"].isdecimal() or not 1 <= int(row["label"]) <= 65535:
            raise BadAtlas(f"{where}: a label is a number from 1 to 65535, not {row['label']!r}")
        if not row["name"]:
            raise BadAtlas(f"{where}: label {row['label']} has no name")
        if row["laterality"].lower() not in _SIDES:
            raise BadAtlas(f"{where}: laterality is left, right or empty, not {row['laterality']!r}")
        structures.append(
            Structure(
                label=int(row["label"]),
                name=row["name"],
                organ=row["group"] or row["name"],
                side=_SIDES[row["laterality"].lower()],  # type: ignore[arg-type]
                aliases=tuple(alias.strip() for alias in row["aliases"].split("|") if alias.strip()),
                snomed=row["snomed"],
                uberon=row["uberon"],
            )
        )
    _no_two_alike(path, structures)
    return tuple(structures)


def with_aliases(structures: Sequence[Structure], path: Path) -> tuple[Structure, ...]:
    """The same structures with the words of a table ``name,alias``; a name is that of structures or of a
    group, whose structures all take the word. Raises ``BadAtlas``."""
    found = list(structures)
    for line, row in _rows(path, needed=("name", "alias"), known=("name", "alias")):
        named = [k for k, one in enumerate(found) if row["name"] in (one.name, one.title, one.organ)]
        if not named:
            known = ", ".join(sorted({one.name for one in structures}))
            raise BadAtlas(f"{path}, line {line}: the labels know no {row['name']!r}; known: {known}")
        for k in named:
            found[k] = replace(found[k], aliases=(*found[k].aliases, row["alias"]))
    return tuple(found)


def _rows(path: Path, needed: Sequence[str], known: Sequence[str]) -> Iterator[tuple[int, dict[str, str]]]:
    """Line number and cells of each row, every known column present."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, strict=True)
            header = [name.strip().lower() for name in reader.fieldnames or ()]
            missing = [name for name in needed if name not in header]
            if missing:
                raise BadAtlas(
                    f"{path} has no column {', '.join(missing)}; expected a header line {','.join(known)}"
                )
            reader.fieldnames = header
            for row in reader:
                yield reader.line_num, {name: (row.get(name) or "").strip() for name in known}
    except (UnicodeDecodeError, csv.Error) as error:
        raise BadAtlas(f"{path} cannot be read as CSV in UTF-8: {error}") from error
    except OSError as error:
        raise BadAtlas(f"{path} cannot be read: {error.strerror}") from error


def _no_two_alike(path: Path, structures: Sequence[Structure]) -> None:
    if not structures:
        raise BadAtlas(f"{path} has no rows")
    for what, values in (
        ("label", [str(one.label) for one in structures]),
        ("name and laterality", [one.title for one in structures]),
    ):
        twice = sorted({value for value in values if values.count(value) > 1})
        if twice:
            raise BadAtlas(f"{path} gives the same {what} twice: {', '.join(twice)}")
