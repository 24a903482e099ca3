"""Training the student of chapter 7, from ``midspan train distill`` and from ``midspan distill``."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from midspan.models.action.classes import NO_ACTION, VERB
from midspan.models.action.training.branches import Size
from midspan.models.action.training.saving import save_trained
from midspan.models.action.training.variants import clips_for, given, told
from midspan.models.distill.distilling import Plan, distill
from midspan.models.distill.lacking import without
from midspan.models.distill.loss import Mix
from midspan.models.distill.rules import keep_rules
from midspan.models.kit.training import Progress

SIZES: dict[str, Size] = {"student": "small", "paper": "swin"}


def train_student(
    variant: str,
    out: Path,
    work: Path,
    *,
    seed: int = 0,
    epochs: int | None = None,
    data: Path | None = None,
    encoder: Path | None = None,
    report: Callable[[Progress], None] = lambda _: None,
    plan: Plan | None = None,
) -> dict[str, Any]:
    """Write the student to ``out``; returns its card, in which ``answers`` says what each modality is worth,
    and ``left_out`` which teachers were asked for that too few of the clips have anything for.

    Raises ``WrongUse``.
    """
    started = time.monotonic()
    clips = clips_for(data, work, seed)
    asked = plan or Plan()
    whole = replace(without(asked, clips), size=SIZES[variant])
    found = distill(clips, work, whole, seed=seed, epochs=epochs, report=report)
    said = {
        "name": f"distill.{variant}",
        "trained_on": f"{told(clips.train)}; taught by {', '.join(whole.teachers)}",
        "retrain": f"midspan distill {options_of(whole)} --model {variant}{given(data)} --seed {seed}",
        "plan": asdict(whole),
        "left_out": [one for one in asked.teachers if one not in whole.teachers],
        "answers": [asdict(one) for one in found.answers],
        "minutes_of_last_run": round((time.monotonic() - started) / 60, 1),
    }
    card = save_trained(out, found.student, clips.selection, said)
    if NO_ACTION in clips.train.classes.names[VERB]:
        card = keep_rules(out, seed)
    return card


def options_of(plan: Plan) -> str:
    """The options of ``midspan distill`` that make this plan."""
    mix = plan.mix
    return (
        f"--teachers {','.join(plan.teachers)} --weighting {plan.weighting} --gamma {plan.gamma:g} "
        f"--temperature {mix.temperature:g} --labels {mix.labels:g}"
    )


def plan_of(teachers: str, weighting: str, gamma: float, temperature: float, labels: float) -> Plan:
    """Of those options; of what the labels do not teach the teachers do. Raises ``WrongUse``."""
    names = tuple(one.strip() for one in teachers.split(",") if one.strip())
    mix = Mix(teacher=1.0 - labels, labels=labels, temperature=temperature)
    return Plan(names, weighting, gamma, mix)  # type: ignore[arg-type]
