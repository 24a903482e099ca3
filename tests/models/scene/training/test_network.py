import json

import pytest
import torch

from midspan.models.bert import BertEncoder
from midspan.models.bert_config import BertConfig
from midspan.models.scene.learned.answers import WIDTH_OF
from midspan.models.scene.learned.config import PlacingConfig, paper_config, small_config, srbert_config
from midspan.models.scene.learned.rows import APART, NEAR, UNNAMED
from midspan.models.scene.training.network import build, first_looks, start_from_bert
from midspan.models.scene.training.task import collated, placing_loss


def inputs(scenes, rng, count=4):
    return collated([one.plain for one in scenes[:count]], rng, "uniform").inputs


@pytest.mark.parametrize("made", [small_config, srbert_config, paper_config])
def test_a_config_survives_json(made):
    assert PlacingConfig.from_json(json.loads(json.dumps(made().to_json()))) == made()


def test_a_thing_gets_all_its_answers(tiny, scenes, rng):
    given = inputs(scenes, rng)
    said = build(tiny).eval()(*given)
    assert said.shape == (*given[2].shape, WIDTH_OF[tiny.heads])
    assert torch.isfinite(said).all()


def test_padding_changes_nothing(tiny, scenes, rng):
    network = build(tiny).eval()
    together = inputs(scenes, rng)
    said = network(*together)
    for place, scene in enumerate(scenes[:4]):
        length, things = len(scene.plain.row.tokens), len(scene.plain.row.ids)
        tokens, labels, ids, near, apart, placed = (one[place : place + 1] for one in together)
        alone = (
            tokens[:, :length],
            labels[:, :things],
            ids[:, :things],
            near[:, :things, :length],
            apart[:, :things, :things],
            placed[:, :things],
        )
        assert torch.allclose(network(*alone)[0], said[place, :things], atol=1e-4)


def test_things_are_a_set(tiny, scenes, rng):
    """Their order is none of the network's business: they have no positions."""
    network = build(tiny).eval()
    tokens, labels, ids, near, apart, placed = inputs(scenes, rng, 1)
    back = torch.arange(ids.shape[1] - 1, -1, -1)
    turned = network(
        tokens, labels[:, back], ids[:, back], near[:, back], apart[:, back][:, :, back], placed[:, back]
    )
    assert torch.allclose(turned[:, back], network(tokens, labels, ids, near, apart, placed), atol=1e-4)


def test_where_other_things_stand_and_what_the_text_says_count(tiny, scenes, rng):
    network = build(tiny).eval()
    tokens, *rest, placed = inputs([one for one in scenes if len(one.plain.row.ids) > 2], rng, 1)
    before = network(tokens, *rest, placed)
    moved = placed.clone()
    moved[0, 1] = torch.tensor([3, 4, 1, 1])
    assert not torch.allclose(network(tokens, *rest, moved)[0, 0], before[0, 0], atol=1e-6)
    assert not torch.allclose(network(tokens.flip(1), *rest, placed)[0, 0], before[0, 0], atol=1e-6)


def test_heads_begin_by_looking_around_after_before_and_farther():
    around, after, before, farther = first_looks(4).T
    here = NEAR
    assert around.argmax() == after.argmax() == before.argmax() == here
    assert after[here + 2] > after[here - 2] and before[here - 2] > before[here + 2]
    assert farther[here + 6] > around[here + 6]
    assert (first_looks(4)[UNNAMED] == 0).all() and APART > UNNAMED


def test_one_stream_starts_from_a_published_encoder():
    config = PlacingConfig(
        stream="single", width=24, layers=2, attention_heads=2, piece_width=24, positions=16, vocabulary=50
    )
    torch.manual_seed(1)
    bert = BertEncoder(
        BertConfig(
            vocab_size=50,
            hidden_size=24,
            num_hidden_layers=2,
            num_attention_heads=2,
            intermediate_size=96,
            max_position_embeddings=16,
        )
    ).eval()
    network = build(config).eval()
    start_from_bert(network, bert)
    tokens = torch.randint(1, 50, (1, 7))
    words = network.things.project(network.pieces(tokens)) + network.positions.weight[:7]
    hidden = network.norm(words + network.types.weight[0])
    for layer in network.layers:
        hidden = layer(hidden, (tokens > 0)[:, None, None, :])
    assert torch.allclose(hidden, bert(tokens, tokens > 0), atol=1e-5)
    with pytest.raises(ValueError, match="expected an encoder of 2 layers"):
        start_from_bert(
            network,
            BertEncoder(
                BertConfig(vocab_size=50, hidden_size=24, num_hidden_layers=1, num_attention_heads=2)
            ),
        )


@pytest.mark.slow
def test_the_published_size_takes_a_step(scenes, rng):
    torch.manual_seed(0)
    network = build(paper_config()).train()
    encoder = sum(p.numel() for p in network.layers.parameters())
    assert encoder == pytest.approx(85e6, rel=0.01)  # the 12 layers of BERT-base
    batch = collated([one.plain for one in scenes[:2]], rng, "bert")
    optimiser = torch.optim.AdamW(network.parameters(), lr=2e-5, weight_decay=0.0)
    before = network.answer.out.weight.detach().clone()
    loss = placing_loss(network(*batch.inputs), batch)
    loss.backward()
    torch.nn.utils.clip_grad_norm_(network.parameters(), 2.0)
    optimiser.step()
    assert torch.isfinite(loss) and not torch.equal(before, network.answer.out.weight)
