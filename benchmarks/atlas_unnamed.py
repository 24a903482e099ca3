"""What ``atlas.small`` says of sentences that name no organ and have nothing masked.

    python -m benchmarks.atlas_unnamed [--model FOLDER ...]

Test sentences with their organs' names left out, and sixteen short ones of our own, too few for a score (the
first two were known to work with an earlier model). ``--model`` names trained folders (default: the shipped
one).
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from benchmarks.common import write
from midspan.models.atlas.calibration import expected_calibration_error
from midspan.models.atlas.examples import capped, of_split
from midspan.models.atlas.predictor import OrganPredictor
from midspan.models.atlas.training import class_targets

PER_ORGAN = 60
SENTENCES = {
    "Dialysis was started because of uremia.": "kidney",
    "Dialysis was started for uremia.": "kidney",
    "She had a wheeze and coughed up sputum.": "lung",
    "The patient developed jaundice after years of hepatitis C.": "liver",
    "Seizures and loss of memory followed the encephalitis.": "brain",
    "He has angina and a history of myocardial infarction.": "heart",
    "Heartburn and difficulty swallowing are common symptoms.": "esophagus",
    "The child has asthma and needs an inhaler.": "lung",
    "Gallstones may cause sudden pain after a fatty meal.": "gallbladder",
    "Men with BPH may have trouble urinating.": "urinary bladder",
    "Insulin is not made in type 1 diabetes.": "pancreas",
    "Arrhythmia can lead to fainting.": "heart",
    "Cirrhosis leads to ascites.": "liver",
    "Stroke can cause weakness on one side.": "brain",
    "Ulcerative colitis causes bloody diarrhea.": "colon",
    "Tremor and rigidity are signs of Parkinson disease.": "brain",
}


def said(predictor: OrganPredictor, hinted: bool) -> list[str]:
    """For each sentence the organ it is placed at, or what it abstains with."""
    shares = predictor.unnamed(list(SENTENCES)) if hinted else predictor.probabilities(list(SENTENCES))
    limits = predictor.thresholds
    answers = []
    for row in shares:
        best = int(row[:-1].argmax())
        placed = row[-1] < limits.none and row[best] >= limits.organ
        answers.append(predictor.organs[best] if placed else f"none ({row[-1]:.2f})")
    return answers


def shares_of(predictor: OrganPredictor, hinted: bool) -> list[str]:
    """On the test split: placed and rightly placed of sentences whose names were left out, and abstentions
    of those without an organ, in %; and the calibration error over both."""
    ask = predictor.unnamed if hinted else predictor.probabilities
    rows = capped(of_split("test"), PER_ORGAN, seed=3)
    anatomy, plain = [r for r in rows if r.organs], [r for r in rows if not r.organs]
    limits = predictor.thresholds
    found, nothing = ask([row.unnamed for row in anatomy]), ask([row.text for row in plain])
    best = found[:, :-1].argmax(axis=1)
    placed = (found[:, -1] < limits.none) & (found[np.arange(len(best)), best] >= limits.organ)
    right = class_targets(anatomy, predictor.organs).numpy()[np.arange(len(best)), best]
    spared = (nothing[:, -1] >= limits.none) | (nothing[:, :-1].max(axis=1) < limits.organ)
    shares = (placed.mean(), right[placed].mean(), right.mean(), spared.mean())
    every = np.concatenate([found, nothing])
    hits = class_targets([*anatomy, *plain], predictor.organs).numpy()[np.arange(len(every)), every.argmax(1)]
    error = expected_calibration_error(every.max(axis=1), hits)
    return [*(f"{100 * share:.1f}" for share in shares), f"{error:.3f}"]


def of_deleted_names(predictors: Sequence[OrganPredictor]) -> None:
    write(
        "atlas_deleted",
        "Sentences whose organs' names were left out",
        [
            "asked",
            "model",
            "placed",
            "of these right",
            "most probable organ right",
            "none: not placed",
            "ECE",
        ],
        [
            ["with a mask behind" if hinted else "as it is", number, *shares_of(predictor, hinted)]
            for hinted in (False, True)
            for number, predictor in enumerate(predictors)
        ],
        [
            f"%; test split, at most {PER_ORGAN} sentences an organ; thresholds as shipped with each model",
            "the mask behind was chosen on the validation split; the gate is left out",
            "models in the order of --model, a seed each",
        ],
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, nargs="+", default=[])
    options = parser.parse_args()
    predictors = [OrganPredictor.load(folder) for folder in options.model] or [OrganPredictor.load()]
    of_deleted_names(predictors)
    columns = [said(predictor, hinted) for hinted in (False, True) for predictor in predictors]
    names = [f"{form}, model {n}" for form in ("as it is", "as placed") for n in range(len(predictors))]
    rows = [
        [text, organ, *(column[number] for column in columns)]
        for number, (text, organ) in enumerate(SENTENCES.items())
    ]
    placed = [sum(not answer.startswith("none") for answer in column) for column in columns]
    right = [
        sum(answer == organ for answer, organ in zip(c, SENTENCES.values(), strict=True)) for c in columns
    ]
    rows.append(["placed", "", *placed])
    rows.append(["placed at the organ that was meant", "", *right])
    write(
        "atlas_unnamed",
        "Sentences that name no organ",
        ["sentence", "meant", *names],
        rows,
        [
            "none: abstains, with its probability of no anatomy",
            "models in the order of --model, a seed each; as placed: with a mask behind, as the product asks",
        ],
    )


if __name__ == "__main__":
    main()
