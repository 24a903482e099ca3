import numpy as np
import pytest

from midspan.models.kit.embedding_cache import CHUNK, EmbeddingCache


class Counting:
    """Vectors that half precision holds exactly; counts what it is asked."""

    def __init__(self):
        self.asked = []

    def encode(self, texts):
        self.asked += texts
        if "break off" in texts:
            raise KeyboardInterrupt
        return np.array([[len(text), 1] for text in texts], dtype=np.float32)


def test_a_text_is_encoded_once_and_kept(tmp_path):
    encoder = Counting()
    cache = EmbeddingCache(tmp_path / "deep/vectors.safetensors", lambda: encoder)
    assert cache.encode(["aa", "b", "aa"]).tolist() == [[2, 1], [1, 1], [2, 1]]
    assert cache.encode(["b", "ccc"]).tolist() == [[1, 1], [3, 1]]
    assert encoder.asked == ["aa", "b", "ccc"]
    again = EmbeddingCache(tmp_path / "deep/vectors.safetensors", lambda: pytest.fail("asked again"))
    assert again.encode(["ccc", "aa"]).tolist() == [[3, 1], [2, 1]]


def test_what_was_encoded_before_it_broke_off_is_kept(tmp_path):
    texts = [str(number) for number in range(CHUNK)]
    with pytest.raises(KeyboardInterrupt):
        EmbeddingCache(tmp_path / "v.safetensors", Counting).encode([*texts, "break off"])
    encoder = Counting()
    EmbeddingCache(tmp_path / "v.safetensors", lambda: encoder).encode([*texts, "more"])
    assert encoder.asked == ["more"]
