"""Workspaces of made-up documents, as large as asked for, for the benchmarks of damage and backups."""

from __future__ import annotations

import random
from pathlib import Path

from benchmarks.rows import document
from midspan import Workspace

SENTENCES = 200
"""A document: a fact, a place of the atlas and a vector each."""


def add(workspace: Workspace, first: int, documents: int, sentences: int = SENTENCES) -> None:
    """Commit documents number ``first`` and up and bring the projections to them."""
    for number in range(first, first + documents):
        workspace.parts.store.commit(document(number, sentences, random.Random(number)))
    problems = workspace.project(600.0).problems
    assert not problems, problems


def make(folder: Path, segments: int) -> None:
    """A workspace of its own folder with ``segments`` sentences."""
    with Workspace.open(folder) as workspace:
        add(workspace, 0, segments // SENTENCES)
