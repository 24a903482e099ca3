"""What ``atlas.small`` says of sixteen short sentences that name no organ.

    python -m benchmarks.atlas_unnamed [--model FOLDER ...]

They are our own and too few for a score; the first two were known to work with an earlier model. ``--model``
names trained folders (default: the shipped one).
"""

from __future__ import annotations

import argparse
from pathlib import Path

from benchmarks.common import write
from midspan.models.atlas.learned.predictor import OrganPredictor

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


def said(predictor: OrganPredictor) -> list[str]:
    """For each sentence the organ it is placed at, or what it abstains with."""
    limits = predictor.thresholds
    answers = []
    for row in predictor.probabilities(list(SENTENCES)):
        best = int(row[:-1].argmax())
        placed = row[-1] < limits.none and row[best] >= limits.organ
        unsure = f"{predictor.organs[best]}? ({row[best]:.2f})" if row[-1] < limits.none else ""
        answers.append(predictor.organs[best] if placed else unsure or f"none ({row[-1]:.2f})")
    return answers


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, nargs="+", default=[])
    options = parser.parse_args()
    predictors = [OrganPredictor.load(folder) for folder in options.model] or [OrganPredictor.load()]
    columns = [said(predictor) for predictor in predictors]
    rows = [
        [text, organ, *(column[number] for column in columns)]
        for number, (text, organ) in enumerate(SENTENCES.items())
    ]
    placed = [sum("(" not in answer for answer in column) for column in columns]
    right = [
        sum(answer == organ for answer, organ in zip(c, SENTENCES.values(), strict=True)) for c in columns
    ]
    rows.append(["placed", "", *placed])
    rows.append(["placed at the organ that was meant", "", *right])
    write(
        "atlas_unnamed",
        "Sentences that name no organ",
        ["sentence", "meant", *(f"model {number}" for number in range(len(predictors)))],
        rows,
        [
            "none: abstains, with its probability of no anatomy; with a question mark: abstains as unsure",
            "models in the order of --model, a seed each",
        ],
    )


if __name__ == "__main__":
    main()
