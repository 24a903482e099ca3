"""The stages of a workspace by capability, one module each; a new one is a file here and a line in the
table.

A module has two functions of the workspace's models (see :class:`Capability`). Importing it is cheap: a
stage states its run at once and loads its model when there is work.
"""

from __future__ import annotations

from importlib import import_module
from typing import Protocol, cast

from midspan.pipelines.parse import ParseStage
from midspan.pipelines.stage import Stage
from midspan.platform.models import Models

STAGES = (
    "embedding",
    "passages",
    "scene",
    "atlas",
    "facts",
    "action",
)
"""Stages that can be named; what they share (the parse) runs when one of them needs it."""


class Capability(Protocol):
    """What a module of this folder offers."""

    @staticmethod
    def stages(models: Models) -> list[Stage]:
        """Its stages, in an order in which each finds what it requires."""

    @staticmethod
    def verify(models: Models) -> list[str]:
        """Read its models, which checks their files' hashes; one line each."""


def module_of(capability: str) -> Capability:
    return cast(Capability, import_module(f"{__name__}.{capability}"))


def all_stages(models: Models) -> list[Stage]:
    """The stages of every capability, in an order in which each finds what it requires."""
    return [ParseStage(models.parser), *(one for name in STAGES for one in module_of(name).stages(models))]


def verify_all(models: Models) -> list[str]:
    """Read every model, which checks its files' hashes; one line each.

    Raises ``ModelFilesMissing`` or ``ModelHashMismatch``.
    """
    return [line for name in STAGES for line in module_of(name).verify(models)]
