import pytest
import torch

from midspan.models.bert import BertEncoder, build_bert, mean_pool
from midspan.models.bert_config import BertConfig

TINY = BertConfig(
    vocab_size=50,
    hidden_size=16,
    num_hidden_layers=2,
    num_attention_heads=2,
    intermediate_size=32,
    max_position_embeddings=20,
)


@pytest.fixture(scope="module")
def network() -> BertEncoder:
    torch.set_num_threads(1)
    torch.manual_seed(0)
    return BertEncoder(TINY).eval()


def test_padding_does_not_change_what_is_before_it(network: BertEncoder) -> None:
    tokens = torch.tensor([[5, 6, 7, 0, 0]])
    mask = tokens != 0
    with torch.inference_mode():
        padded = network(tokens, mask)[0, :3]
        alone = network(tokens[:, :3], mask[:, :3])[0]
    torch.testing.assert_close(padded, alone)


def test_word_order_matters(network: BertEncoder) -> None:
    mask = torch.ones(1, 3, dtype=torch.bool)
    with torch.inference_mode():
        one = mean_pool(network(torch.tensor([[5, 6, 7]]), mask), mask)
        other = mean_pool(network(torch.tensor([[7, 6, 5]]), mask), mask)
    assert not torch.allclose(one, other, atol=1e-4)


def test_mean_pool_counts_real_tokens_only() -> None:
    hidden = torch.tensor([[[1.0, 2.0], [3.0, 4.0], [100.0, 100.0]]])
    mask = torch.tensor([[True, True, False]])
    assert mean_pool(hidden, mask).tolist() == [[2.0, 3.0]]


def test_a_checkpoint_is_loaded_strictly_without_its_pooler(network: BertEncoder) -> None:
    tensors = dict(network.state_dict())
    tensors["pooler.dense.weight"] = torch.zeros(16, 16)
    tensors["embeddings.position_ids"] = torch.arange(20)
    tokens, mask = torch.tensor([[5, 6]]), torch.ones(1, 2, dtype=torch.bool)
    with torch.inference_mode():
        torch.testing.assert_close(build_bert(TINY, tensors)(tokens, mask), network(tokens, mask))
    with pytest.raises(RuntimeError, match=r"encoder\.layer\.9"):
        build_bert(TINY, {**tensors, "encoder.layer.9.output.dense.bias": torch.zeros(16)})


def test_building_leaves_the_callers_random_numbers_alone(network: BertEncoder) -> None:
    torch.manual_seed(3)
    expected = torch.rand(1)
    torch.manual_seed(3)
    build_bert(TINY, dict(network.state_dict()))
    assert torch.equal(torch.rand(1), expected)


def test_mixed_precision_stays_close(network: BertEncoder) -> None:
    tokens = torch.randint(1, 50, (3, 7), generator=torch.Generator().manual_seed(1))
    mask = torch.ones(3, 7, dtype=torch.bool)
    with torch.inference_mode():
        exact = network(tokens, mask)
        with torch.autocast("cpu", dtype=torch.bfloat16):
            rough = network(tokens, mask).float()
    torch.testing.assert_close(rough, exact, rtol=0.05, atol=0.05)
