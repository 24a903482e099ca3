"""A folder as hubs publish BERT, made small here."""

import json

import pytest
import safetensors.torch
import tokenizers
import torch
from transformers import RobertaConfig, RobertaForMaskedLM, RobertaTokenizerFast

from midspan.errors import ModelFilesMissing
from midspan.models.bert import BertEncoder
from midspan.models.bert_config import BertConfig
from midspan.models.checkpoint_folder import load_bert_folder

CONFIG = BertConfig(
    vocab_size=8, hidden_size=16, num_hidden_layers=2, num_attention_heads=2, intermediate_size=32,
    max_position_embeddings=16,
)  # fmt: skip
WORDS = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "heart", "##s", "the")


@pytest.fixture
def encoder():
    torch.manual_seed(0)
    return BertEncoder(CONFIG).eval()


def write(folder, encoder, rename=lambda name: f"bert.{name}"):
    state = {rename(name): value.clone() for name, value in encoder.state_dict().items()}
    state |= {"bert.pooler.dense.weight": torch.zeros(16, 16), "cls.predictions.bias": torch.zeros(8)}
    safetensors.torch.save_file(state, folder / "model.safetensors")
    sizes = {name: getattr(CONFIG, name) for name in CONFIG.__dataclass_fields__}
    (folder / "config.json").write_text(json.dumps({**sizes, "model_type": "bert"}))
    (folder / "vocab.txt").write_text("\n".join(WORDS) + "\n")


def old_names(name):
    return f"bert.{name}".replace("LayerNorm.weight", "LayerNorm.gamma").replace(
        "LayerNorm.bias", "LayerNorm.beta"
    )


@pytest.mark.parametrize("rename", [lambda name: name, lambda name: f"bert.{name}", old_names])
def test_an_encoder_comes_back_under_each_way_of_naming(tmp_path, encoder, rename):
    write(tmp_path, encoder, rename)
    loaded, _ = load_bert_folder(tmp_path)
    tokens, mask = torch.tensor([[2, 7, 5, 3]]), torch.ones(1, 4, dtype=torch.bool)
    with torch.inference_mode():
        torch.testing.assert_close(loaded(tokens, mask), encoder(tokens, mask), rtol=0, atol=0)


def test_a_vocabulary_file_makes_a_lower_casing_tokenizer(tmp_path, encoder):
    write(tmp_path, encoder)
    _, tokenizer = load_bert_folder(tmp_path)
    assert tokenizer.encode("The hearts [MASK]").ids == [2, 7, 5, 6, 4, 3]


@pytest.mark.parametrize("name", ["config.json", "model.safetensors", "vocab.txt"])
def test_what_is_missing_is_named(tmp_path, encoder, name):
    write(tmp_path, encoder)
    (tmp_path / name).unlink()
    with pytest.raises(ModelFilesMissing, match=name):
        load_bert_folder(tmp_path)


SENTENCE = "The heart beats, and the hearts beat."


@pytest.fixture
def roberta(tmp_path):
    """A folder as transformers writes it, and what transformers makes of it."""
    letters = tokenizers.ByteLevelBPETokenizer()
    letters.train_from_iterator(
        [SENTENCE], vocab_size=280, special_tokens=["<s>", "<pad>", "</s>", "<unk>", "<mask>"]
    )
    letters.save_model(str(tmp_path))
    config = RobertaConfig(
        vocab_size=letters.get_vocab_size(), hidden_size=16, num_hidden_layers=2, num_attention_heads=2,
        intermediate_size=32, max_position_embeddings=66, type_vocab_size=1,
    )  # fmt: skip
    torch.manual_seed(0)
    network = RobertaForMaskedLM(config).eval()
    network.save_pretrained(tmp_path)
    return tmp_path, network.roberta, RobertaTokenizerFast.from_pretrained(tmp_path)


def test_a_roberta_answers_as_in_transformers(roberta):
    folder, network, tokenizer = roberta
    loaded, own = load_bert_folder(folder)
    rows = own.encode(SENTENCE).ids, own.encode("The <mask> beats.").ids
    assert list(rows) == [tokenizer(text).input_ids for text in (SENTENCE, "The <mask> beats.")]
    tokens = torch.ones((2, len(rows[0])), dtype=torch.int64)
    for place, row in enumerate(rows):
        tokens[place, : len(row)] = torch.tensor(row)
    mask = tokens != 1
    with torch.inference_mode():
        theirs = network(input_ids=tokens, attention_mask=mask.long()).last_hidden_state
        torch.testing.assert_close(loaded(tokens, mask)[mask], theirs[mask], rtol=1e-4, atol=1e-5)
