"""Texts that any reader of UTF-8 and of XML takes: file names may have bytes that are no UTF-8, and documents
characters that are no XML."""

from __future__ import annotations

import re
from typing import Any

_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def utf8(text: str) -> str:
    """With lone surrogates, which stand for bytes that are no UTF-8, spelt out."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def all_utf8(value: Any) -> Any:
    """A value of lists and dictionaries with each text in it so."""
    if isinstance(value, str):
        return utf8(value)
    if isinstance(value, dict):
        return {name: all_utf8(entry) for name, entry in value.items()}
    return [all_utf8(entry) for entry in value] if isinstance(value, list | tuple) else value


def xml(text: str) -> str:
    """Also with a mark in the place of each character that XML cannot hold."""
    return _NO_XML.sub("\N{REPLACEMENT CHARACTER}", utf8(text))
