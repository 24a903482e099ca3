"""Words of an atlas that somebody brings: whose meaning they are, and where the text then stands."""

import numpy as np
import pytest

from midspan.models.atlas.anatomy.anatomy import PHANTOM, anatomy_of, vocabulary_of
from midspan.models.atlas.anatomy.atlas import Atlas, Structure
from midspan.models.atlas.anatomy.label_table import preset
from midspan.models.atlas.anatomy.volume import LabelVolume
from midspan.models.atlas.language.grounding import ground
from midspan.models.atlas.language.organs import Mention

STRUCTURES = (
    Structure(1, "kidney", "kidney", "right"),
    Structure(2, "kidney", "kidney", "left"),
    Structure(3, "upper lobe of lung", "lung", "right", ("right upper lobe",)),
    Structure(4, "lower lobe of lung", "lung", "right", ("right lower lobe",)),
    Structure(5, "lower lobe of lung", "lung", "left", ("left lower lobe",)),
    Structure(6, "aorta", "aorta", "", ("aortic arch",)),
)


@pytest.fixture(scope="module")
def anatomy():
    """A row of cubes with 6 mm edges, one a structure, from x = 0 on every 20 mm."""
    labels = np.zeros((60, 5, 5), dtype=np.uint16)
    for structure in STRUCTURES:
        first = 10 * (structure.label - 1) + 1
        labels[first : first + 3, 1:4, 1:4] = structure.label
    return anatomy_of(Atlas("row", STRUCTURES, LabelVolume(labels, (0.0, 0.0, 0.0), 2.0)))


def x_of(label):
    return 2.0 * (10 * (label - 1) + 2)


@pytest.mark.parametrize(
    ("text", "organ", "laterality", "label"),
    [
        ("A stone in the left kidney.", "kidney", "left", 2),
        ("The kidneys are small.", "kidney", "both", 1),
        ("Renal failure was seen.", "kidney", "both", 1),
        ("A mass in the right upper lobe.", "lung", "right", 3),
        ("A mass in the left lower lobe.", "lung", "left", 5),
        ("A nodule lies in the lower lobe of lung.", "lung", "both", 4),
        ("The aortic arch is wide.", "aorta", "none", 6),
    ],
)
def test_words_lead_to_their_structure(anatomy, text, organ, laterality, label):
    grounding = ground(text, anatomy)
    assert (grounding.organ, grounding.laterality) == (organ, laterality)
    assert grounding.point_mm == (x_of(label), 4.0, 4.0)


def test_anatomy_that_this_atlas_lacks_is_an_abstention(anatomy):
    for text in ("The liver is enlarged.", "The prostate was removed."):
        grounding = ground(text, anatomy)
        assert grounding.status == "abstained" and "the atlas cannot place" in grounding.reason


def test_phrases_that_are_no_anatomy_stay_so(anatomy):
    assert ground("She cooked kidney beans.", anatomy) is None


def test_the_phantom_does_not_know_the_aorta():
    assert ground("The aortic arch is wide.", PHANTOM) is None
    assert ground("The aorta is wide.", PHANTOM).status == "abstained"


def test_a_structures_word_for_several_organs_means_the_first():
    words = vocabulary_of(
        (Structure(1, "a", "one", "", ("gland",)), Structure(2, "b", "two", "", ("gland",)))
    )
    assert words.mentions("the gland") == [Mention(4, 9, "gland", "one", "", "")]


def test_words_of_the_preset_are_found():
    words = vocabulary_of(preset("totalsegmentator"))
    text = "The femoral head, a fifth lumbar vertebra, the right middle lobe, portal vein and both kidneys."
    assert [(one.surface, one.organ, one.part, one.side) for one in words.mentions(text)] == [
        ("femoral head", "femur", "", ""),
        ("fifth lumbar vertebra", "spine", "vertebra L5", ""),
        ("right middle lobe", "lung", "middle lobe of lung", "right"),
        ("portal vein", "portal vein and splenic vein", "", ""),
        ("kidneys", "kidney", "", ""),
    ]
