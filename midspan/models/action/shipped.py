"""The models that come with midspan: where their folders are, and their names. Nothing is imported here."""

from __future__ import annotations

from pathlib import Path

FUSION = Path(__file__).parent / "small"
FUSION_NAME = "action.cacnf"
STUDENT = Path(__file__).parent.parent / "distill" / "small"
STUDENT_NAME = "distill.student"
NAMER = Path(__file__).parent / "naming" / "small"
NAMER_NAME = "action.names"
