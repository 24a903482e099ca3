import pytest

from midspan.models.atlas.anatomy.phantom import ORGANS, parts_of
from midspan.models.atlas.language.organs import ALIASES, NOT_ANATOMY, OUTSIDE, PARTS, mentions


def organs(text):
    return [mention.organ for mention in mentions(text)]


def test_aliases_name_the_organs_of_the_atlas_and_no_alias_has_two():
    assert set(ALIASES) == set(ORGANS)
    phrases = [alias for aliases in ALIASES.values() for alias in aliases] + [*OUTSIDE, *NOT_ANATOMY]
    assert len(phrases) == len(set(phrases))


def test_parts_are_solids_of_their_organ():
    owner = {alias: organ for organ, aliases in ALIASES.items() for alias in aliases}
    for alias, part in PARTS.items():
        assert parts_of(owner[alias], name=part)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The gall bladder lies under the liver.", ["gallbladder", "liver"]),
        ("The gall-bladder and the bladder.", ["gallbladder", "urinary bladder"]),
        ("Cancer of the gastric cardia", ["stomach"]),
        ("Cardiac arrest", ["heart"]),
        ("tachycardia", []),
        ("He will deliver the paper.", []),
        ("Colonies of bacteria", []),
        ("ventricular septal defect", ["heart"]),
        ("the left ventricle", ["heart"]),
        ("dilated lateral ventricles", ["brain"]),
        ("ventricular zone", []),
        ("The cervix is thin.", ["uterus"]),
        ("cervical cancer", ["uterus"]),
        ("cervical vertebrae", ["spine"]),
        ("cervical lymph nodes", []),
        ("glomerular filtration rate", ["kidney"]),
        ("olfactory glomeruli", []),
        ("the renal pelvis", ["kidney"]),
        ("parathyroid hormone", [""]),
        ("the rectum", [""]),
        ("the bowel", [""]),
        ("small bowel obstruction", ["small intestine"]),
        ("the hepatocyte nuclear factor gene", []),
        ("Kidney beans and spare ribs", []),
        ("she knew it by heart", []),
        ("LIVER", ["liver"]),
    ],
)
def test_words_that_look_alike(text, expected):
    assert organs(text) == expected


def test_offsets_are_those_of_the_words():
    text = "The Gall Bladder, then the left  kidney."
    assert [text[m.start : m.end] for m in mentions(text)] == ["Gall Bladder", "kidney"]
