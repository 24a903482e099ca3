"""Ordinary text of several kinds, none of it from the bundled corpus: documents as lists of sentences.

Licences, help texts and code are those of the packages that are installed beside midspan; manual pages and
notes those of the operating system. Sentences for studies of language are read from files that are not part
of midspan.
"""

from __future__ import annotations

import ast
import gzip
import json
import random
import re
from collections.abc import Iterable
from pathlib import Path
from sysconfig import get_path

from midspan.errors import EmptySource
from midspan.pipelines.readers.extract import Extract
from midspan.pipelines.readers.normalise import clean_text
from midspan.pipelines.segmenting import reading_run, segment_document
from midspan.records import Segment

PACKAGES = Path(get_path("purelib"))
MANUAL, NOTES = Path("/usr/share/man/man1"), Path("/usr/share/doc")
A_DOCUMENT = 40
"""Single sentences of a study, put together as if they were a document."""
Documents = list[list[str]]
_LICENCE = re.compile(r"licen|copying|notice", re.IGNORECASE)
_NOTE = re.compile(r"README|NEWS|TODO|changelog|FAQ|copyright|.*\.(?:txt|md)$")
_REQUEST = re.compile(r"^[.'](?:\\\"|[A-Za-z]+)[^\n]*$", re.MULTILINE)
"""A line of layout in the source of a manual page."""


def sentences(text: str) -> list[str]:
    """Split as documents are that are read; fragments are left out."""
    try:
        parts = list(segment_document("x", reading_run(), [Extract(clean_text(text))]))
    except EmptySource:
        return []
    return [part.text for part in parts if isinstance(part, Segment) and part.kind == "sentence"]


def licences(most: int = 70) -> Documents:
    paths = [p for p in PACKAGES.glob("*.dist-info/**/*") if p.is_file() and _LICENCE.search(p.name)]
    return documents_of(map(_text, _drawn(paths)), most, 150)


def package_pages(most: int = 60) -> Documents:
    """What packages say of themselves."""
    paths = _drawn(PACKAGES.glob("*.dist-info/METADATA"))
    return documents_of((_text(path).partition("\n\n")[2] for path in paths), most, 60)


def code(most: int = 50) -> Documents:
    """Docstrings and comments of a module."""
    paths = [p for p in PACKAGES.rglob("*.py") if p.stat().st_size > 3000 and "midspan" not in p.parts]
    return documents_of(map(_said_in, _drawn(paths)), most, 60)


def manual(most: int = 60) -> Documents:
    pages = (_REQUEST.sub("", _text(path)) for path in _drawn(MANUAL.glob("*.gz")))
    return documents_of((re.sub(r"\\f.|\\&|\\", "", page) for page in pages), most, 60)


def notes(most: int = 40) -> Documents:
    paths = [p for p in NOTES.rglob("*") if p.is_file() and _NOTE.match(p.name)]
    return documents_of(map(_text, _drawn(paths)), most, 60)


def carb(path: Path) -> Documents:
    """Newswire and encyclopedia: a sentence a line, in tokens."""
    return _joined([_untokenised(line.split()) for line in path.read_text("utf-8").splitlines() if line])


def fewrel(path: Path, most: int = 2000) -> Documents:
    """Encyclopedia."""
    rows = [row for group in json.loads(path.read_text("utf-8")).values() for row in group]
    texts = sorted({_untokenised(row["tokens"]) for row in rows})
    return _joined(random.Random(0).sample(texts, min(len(texts), most)))


def knowledgenet(path: Path, most: int = 600) -> Documents:
    """Encyclopedia, of people and firms; sentences of a document stand together."""
    found: dict[str, dict[str, None]] = {}
    for row in json.loads(path.read_text("utf-8")):
        found.setdefault(row["doc"], {})[row["sentence"]] = None
    return [list(texts) for texts in found.values()][:most]


def captions(path: Path, most: int = 1000) -> Documents:
    """Of pictures."""
    texts = sorted({json.loads(line)["caption"] for line in path.read_text("utf-8").splitlines()})
    return _joined(random.Random(0).sample(texts, min(len(texts), most)))


def abstracts(path: Path, most: int = 200) -> Documents:
    """Of a collection for studies of retrieval, in its format ``{"docs": {id: text}}``."""
    texts = json.loads(path.read_text("utf-8"))["docs"]
    names = sorted(texts)
    random.Random(0).shuffle(names)
    return documents_of((texts[name] for name in names), most, 60)


def documents_of(texts: Iterable[str], most: int, sentences_of_each: int) -> Documents:
    """The first ``most`` documents that say something, none of them twice."""
    found: dict[tuple[str, ...], None] = {}
    for text in texts:
        if len(found) == most:
            break
        if said := sentences(text)[:sentences_of_each]:
            found[tuple(said)] = None
    return list(map(list, found))


def _drawn(paths: Iterable[Path]) -> list[Path]:
    ordered = sorted(paths)
    random.Random(0).shuffle(ordered)
    return ordered


def _text(path: Path) -> str:
    """Of a file, compressed or not; empty where it is no UTF-8."""
    data = path.read_bytes()
    try:
        return (gzip.decompress(data) if path.suffix == ".gz" else data).decode()
    except UnicodeDecodeError:
        return ""


def _said_in(path: Path) -> str:
    source = _text(path)
    kinds = (ast.Module, ast.ClassDef, ast.FunctionDef)
    try:
        nodes = [node for node in ast.walk(ast.parse(source)) if isinstance(node, kinds)]
    except SyntaxError:
        return ""
    comments = re.findall(r"^\s*#\s?(.*)$", source, re.MULTILINE)
    return "\n\n".join([*filter(None, map(ast.get_docstring, nodes)), "\n".join(comments)])


def _untokenised(tokens: Iterable[str]) -> str:
    text = re.sub(r" ([.,;:!?)\]'])", r"\1", " ".join(tokens))
    return re.sub(r"([(\[]) ", r"\1", text)


def _joined(texts: list[str]) -> Documents:
    return [texts[start : start + A_DOCUMENT] for start in range(0, len(texts), A_DOCUMENT)]
