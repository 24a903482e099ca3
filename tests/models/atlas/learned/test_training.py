"""In which forms the sentences are shown."""

from midspan.models.atlas.learned.config import tiny_config
from midspan.models.atlas.learned.examples import MASK, Example
from midspan.models.atlas.learned.network import AtlasNetwork
from midspan.models.atlas.learned.training import OrganTask

ORGANS = ("heart", "liver", "lung")
LIVER = Example("d", "Hepatitis harms the liver badly", ("liver",), ((20, 25),), "medquad")
RAIN = Example("d", "Yesterday it rained again", (), (), "wordnet-example")


def task(rows, batch=8, seed=0):
    network = AtlasNetwork(tiny_config(ORGANS))
    return OrganTask(network, None, rows, [], seed=seed, per_organ=10_000, batch=batch)


def test_half_are_masked_a_quarter_lose_their_names_and_a_quarter_stay():
    texts = [text for batch in task([LIVER] * 4000).batches(0) for text in batch.texts]
    shares = [texts.count(form) / len(texts) for form in (LIVER.masked, LIVER.unnamed, LIVER.text)]
    assert [round(share, 1) for share in shares] in ([0.5, 0.2, 0.2], [0.5, 0.3, 0.2], [0.5, 0.2, 0.3])
    assert sum(shares) == 1


def test_without_an_organ_words_are_masked_or_lost_as_well():
    texts = {text for batch in task([RAIN] * 400).batches(0) for text in batch.texts}
    assert texts == {RAIN.masked, RAIN.unnamed, RAIN.text} and len(texts) == 3
    assert MASK in RAIN.masked and len(RAIN.unnamed) < len(RAIN.text)


def test_an_epoch_is_a_function_of_the_seed_and_its_number():
    rows = [Example("d", f"{'x' * n} liver", ("liver",), ((n + 1, n + 6),), "medquad") for n in range(1, 90)]
    epochs = [(0, 0), (0, 0), (0, 1), (1, 0)]
    one, again, next_, other = [[b.texts for b in task(rows, seed=s).batches(e)] for s, e in epochs]
    assert one == again
    assert one != next_ and one != other
