import gzip
import json

import pytest

from midspan.errors import WrongUse
from midspan.models.scene.data.abstract_scenes import abstract_scenes, category_of, codraw
from midspan.models.scene.lexicon import CATEGORIES

CLIP_ARTS = [
    *(f"{prefix}_{k}s.png" for prefix, n in (("s", 8), ("p", 10), ("a", 6)) for k in range(n)),
    *(f"{prefix}_{k}s.png" for prefix, n in (("c", 10), ("e", 7), ("t", 15)) for k in range(n)),
    *(f"hb{who}_{k}s.png" for who in (0, 1) for k in range(35)),
]


def test_all_clip_arts_are_the_58_categories():
    assert len(CLIP_ARTS) == 126
    assert {category_of(png) for png in CLIP_ARTS} == set(CATEGORIES)


@pytest.mark.parametrize("png", ["background.png", "s_8s.png", "hb2_0s.png", "s_xs.png"])
def test_what_is_no_clip_art_is_refused(png):
    with pytest.raises(WrongUse, match="no clip-art"):
        category_of(png)


def test_original_files_are_read(tmp_path):
    (tmp_path / "Scenes_10020.txt").write_text(
        "3\n0 2\ns_3s.png 0 3 250 100 1 0\nhb0_4s.png 2 4 125 300 0 1\n0 0\n0 1\na_2s.png 4 2 50 380 2 1\n"
    )
    sentences = tmp_path / "SimpleSentences"
    sentences.mkdir()
    (sentences / "SimpleSentences1_10020.txt").write_text("0\t0\tMike is SAD.\n\n2\t0\tThe dog sits\n")
    (sentences / "SimpleSentences2_10020.txt").write_text("0\t0\tIt is sunny!\n1\t0\tNothing is here.\n")
    first, last = abstract_scenes(tmp_path)
    assert first.text == "mike is sad. it is sunny!"
    sun, boy = first.things
    assert (sun.category, sun.box[:2], sun.depth, sun.facing) == ("sun", (0.5, 0.25), 1, "right")
    assert (boy.category, boy.box[:2], boy.depth, boy.facing) == ("boy", (0.25, 0.75), 0, "left")
    assert last.text == "the dog sits." and last.things[0].category == "dog"


DIALOG = {
    "image_id": 19,
    "abs_t": "2,s_3s.png,0,3,0,486,11,0,0,a_4s.png,1,4,4,-10000,-10000,0,0,",
    "dialog": [{"msg_t": "big sun on right corner .", "msg_d": "ok"}, {"msg_t": "", "msg_d": "go"}],
}
PACKED = {"id": 19, "scene": [["s_3s.png", 486.0, 11.0, 0, 0]], "turns": [{"t": "big sun on right corner ."}]}


def written(folder, shape):
    if shape == "folder":
        (folder / "train_00019.json").write_text(json.dumps(DIALOG))
        return folder
    path = folder / {"file": "CoDraw_1_0.json", "lines": "test.jsonl", "packed": "test.jsonl.gz"}[shape]
    data = json.dumps({"data": {"train_00019": DIALOG}} if shape == "file" else PACKED).encode()
    path.write_bytes(gzip.compress(data) if shape == "packed" else data)
    return path


@pytest.mark.parametrize("shape", ["folder", "file", "lines", "packed"])
def test_codraw_is_read_in_each_of_its_shapes(tmp_path, shape):
    (example,) = codraw(written(tmp_path, shape))
    assert (example.text, example.origin, example.split) == ("big sun on right corner .", "codraw", "test")
    (sun,) = example.things
    assert sun.category == "sun" and sun.box[:2] == (486 / 500, 11 / 400)
