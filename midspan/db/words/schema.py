"""What tantivy keeps of a document, a segment or a record, and how it cuts text."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path

from tantivy import (
    Document,
    Filter,
    Index,
    Schema,
    SchemaBuilder,
    TextAnalyzer,
    TextAnalyzerBuilder,
    Tokenizer,
)

from midspan.db.record_store import WordItem, WordLevel
from midspan.db.words import analysis

LAYOUT = f"words 1, tantivy {version('tantivy').rpartition('.')[0]}"
"""Raise the number when what is kept or how text is cut changes: the index is built anew then, as after an
update of tantivy that may change its files."""


def schema() -> Schema:
    """``text`` has stemmed tokens with their places, for words and phrases; ``word`` has them as they stand,
    for beginnings and misspelt words."""
    builder = SchemaBuilder()
    builder.add_text_field("id", stored=True, tokenizer_name="raw", index_option="basic")
    for name in ("source", "kind"):
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic")
    for name in ("key", "page"):
        builder.add_integer_field(name, indexed=True, fast=name == "key")
    for name in ("text", "title", "path"):
        builder.add_text_field(name, tokenizer_name="stems", index_option="position")
    builder.add_text_field("word", tokenizer_name="plain", index_option="basic")
    return builder.build()


def analysers() -> Mapping[str, TextAnalyzer]:
    """For tokens that are joined by spaces. Accents are taken off Latin letters."""
    folded = TextAnalyzerBuilder(Tokenizer.whitespace()).filter(Filter.ascii_fold())
    plain = folded.build()
    folded = TextAnalyzerBuilder(Tokenizer.whitespace()).filter(Filter.ascii_fold())
    return {"plain": plain, "stems": folded.filter(Filter.stemmer("english")).build()}


def opened(folder: Path) -> Index:
    """The index in a folder, which is made where there is none. Raises ``ValueError`` and ``OSError``."""
    index = Index(schema(), path=str(folder))
    for name, analyser in analysers().items():
        index.register_tokenizer(name, analyser)
    index.config_reader("manual")
    return index


def document(item: WordItem) -> Document:
    cut = analysis.tokens(item.text)
    found = Document(id=item.id, source=item.source, kind=item.kind, key=item.key, text=" ".join(cut))
    found.add_text("word", " ".join(dict.fromkeys([*cut, *analysis.characters(cut)])))
    if item.page is not None:
        found.add_integer("page", item.page)
    for path in item.paths:
        found.add_text("path", " ".join(analysis.tokens(path)))
    if item.title:
        found.add_text("title", " ".join(analysis.tokens(item.title)))
    return found


LEVEL_FOLDERS: Mapping[WordLevel, str] = {"document": "documents", "segment": "segments", "record": "records"}
