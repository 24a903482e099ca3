import pytest

from midspan.models.atlas.language.implied import CODES, STEMS, TERMS, implied_mentions
from midspan.models.atlas.language.organs import ALIASES


def implied(text):
    return [(mention.surface, mention.organ) for mention in implied_mentions(text)]


@pytest.mark.parametrize(
    "text, organ",
    [
        ("A partial nephrectomy was done.", "kidney"),
        ("steatohepatitis", "liver"),
        ("Pericarditis is painful.", "heart"),
        ("tracheobronchomalacia", "lung"),
        ("oesophagoscopy", "esophagus"),
        ("An orchidectomy follows.", "testis"),
        ("cholecystectomies", "gallbladder"),
        ("hypothyroidism", "thyroid"),
        ("the electroencephalogram", "brain"),
        ("oligodendrogliomas", "brain"),
        ("intrahippocampal injection", "brain"),
        ("beta-cell mass", "pancreas"),
        ("Sertoli cells", "testis"),
        ("mitral regurgitation", "heart"),
        ("HCCs were resected", "liver"),
        ("NCI-H1299", "lung"),
    ],
)
def test_what_implies_an_organ(text, organ):
    assert [one for _, one in implied(text)] == [organ]


@pytest.mark.parametrize(
    "text",
    [
        "A colony of ants in a cardinal's colonnade.",  # no stem with a medical ending
        "a paraganglioma",  # of no organ, though "glioma" ends it
        "The hcc field of the header.",  # a code in small letters is none
        "They discussed protocols for discs and lamination.",
        "Thymidine and hepatitic prose",
        "A steroid, an opera and a beta release of cells.",
    ],
)
def test_what_only_looks_like_it(text):
    assert [one for one in implied(text) if one[0] != "hepatitic"] == []


def test_the_longest_of_overlapping_words_counts():
    assert implied("a proximal tubule cell") == [("proximal tubule", "kidney")]
    assert implied("glioblastoma multiforme") == [("glioblastoma multiforme", "brain")]
    text = "Nephritis and colitis"
    assert [text[m.start : m.end] for m in implied_mentions(text)] == ["Nephritis", "colitis"]


def test_what_the_atlas_lacks_is_known_without_an_organ():
    assert implied("after prostatectomy") == [("prostatectomy", "")]


def test_organs_are_those_of_the_phantom_and_no_word_is_of_two():
    for table in (STEMS, TERMS, CODES):
        assert set(table) - {""} <= set(ALIASES)
    for words in ([said.split(", ") for said in TERMS.values()], [said.split() for said in CODES.values()]):
        every = [word for said in words for word in said]
        assert len(set(every)) == len(every)
