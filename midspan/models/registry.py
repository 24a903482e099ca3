"""Every model that midspan runs, in one table: what it is, under which licence, how to make it again."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from midspan.errors import UnknownName
from midspan.models.action import shipped as action
from midspan.models.action.boxes.detector import SHIPPED as DETECTOR
from midspan.models.action.boxes.detector import SHIPPED_NAME as DETECTOR_NAME
from midspan.models.atlas import identity as atlas
from midspan.models.facts import shipped as facts
from midspan.models.kit.card import shipped_card
from midspan.models.scene import shipped as scene


@dataclass(frozen=True)
class ModelEntry:
    name: str
    """``task.tag``."""
    task: str
    chapter: int | None
    """Chapter of the thesis; None for what several chapters share."""
    bytes: int
    """Of the weights or tables; 0 where the code is the model."""
    licence: str
    trained_on: str
    weights_sha256: str
    """Empty where the code is the model."""
    retrain: str
    """The one command that makes the weights again; empty for what is not trained here."""


def shipped(name: str, task: str, chapter: int, folder: Path) -> ModelEntry:
    """The entry of a model that ships in a folder, as its card says. Raises ``ModelFilesMissing``."""
    card = shipped_card(folder)
    said = {key: card[key] for key in ("bytes", "licence", "trained_on", "weights_sha256", "retrain")}
    return ModelEntry(name=name, task=task, chapter=chapter, **said)


@cache
def all_models() -> dict[str, ModelEntry]:
    """The table by name. Raises ``ModelFilesMissing`` where a shipped model has no card."""
    entries = (
        ModelEntry(
            name="text.minilm",
            task="text",
            chapter=None,
            bytes=90868376,
            licence="Apache-2.0",
            trained_on="1.17 billion sentence pairs, by the sentence-transformers project (all-MiniLM-L6-v2)",
            weights_sha256="53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
            retrain="",
        ),
        ModelEntry(
            name="parse.en-core-web-sm",
            task="parse",
            chapter=None,
            bytes=15232079,
            licence="MIT",
            trained_on="OntoNotes 5, ClearNLP conversion, WordNet 3.0, by Explosion (spaCy en_core_web_sm "
            "3.8.0)",
            weights_sha256="33f105858880b36a4e078f36662dfa24def41b6ea189bab1d1f8d1fa692a865c",
            retrain="",
        ),
        ModelEntry(
            name="facts.rules",
            task="facts",
            chapter=5,
            bytes=0,
            licence="Apache-2.0",
            trained_on="nothing: clause rules over the parse",
            weights_sha256="",
            retrain="",
        ),
        ModelEntry(
            name="facts.alias",
            task="facts",
            chapter=5,
            bytes=630138,
            licence="CC0-1.0 (Wikidata text), MIT (its collections)",
            trained_on="nothing: names and popularity, see midspan/models/facts/kg/bundled/README.md",
            weights_sha256="1528ef307be39c25e519abb07a6c80a5ee6291ea298e63bea3a628344e0123c2",
            retrain="",
        ),
        shipped(facts.LINKER_NAME, "facts", 5, facts.LINKER),
        ModelEntry(
            name="scene.lexicon",
            task="scene",
            chapter=3,
            bytes=0,
            licence="Apache-2.0 (rules); WordNet licence (nouns)",
            trained_on="nothing: nouns of WordNet 3.1, wordings of relations and a constraint layout",
            weights_sha256="",
            retrain="",
        ),
        shipped(scene.PLACER_NAME, "scene", 3, scene.PLACER),
        ModelEntry(
            name="atlas.dictionary",
            task="atlas",
            chapter=4,
            bytes=0,
            licence="Apache-2.0",
            trained_on="nothing: a dictionary of organ names and the stylised phantom",
            weights_sha256="",
            retrain="",
        ),
        shipped(atlas.NAME, "atlas", 4, atlas.SHIPPED),
        shipped(atlas.JUDGE_NAME, "atlas", 4, atlas.JUDGE),
        ModelEntry(
            name="action.signature",
            task="action",
            chapter=6,
            bytes=0,
            licence="Apache-2.0",
            trained_on="nothing: measured motion and colour of a window",
            weights_sha256="",
            retrain="",
        ),
        shipped(DETECTOR_NAME, "action", 6, DETECTOR),
        shipped(action.NAMER_NAME, "action", 6, action.NAMER),
        shipped(action.FUSION_NAME, "action", 6, action.FUSION),
        shipped(action.STUDENT_NAME, "distill", 7, action.STUDENT),
    )
    return {entry.name: entry for entry in entries}


def model_entry(name: str) -> ModelEntry:
    """The entry of this name. Raises ``UnknownName``."""
    if name not in all_models():
        raise UnknownName("model", name, list(all_models()))
    return all_models()[name]
