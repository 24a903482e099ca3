import numpy as np

from midspan.models.action.clips import read_data
from midspan.models.action.training import few_shot as protocol
from midspan.models.action.training.few_shot import few_shot, novel_verbs


def test_of_eighteen_verbs_four_are_held_out():
    novel = novel_verbs([f"verb {index}" for index in range(18)])
    assert len(novel) == 4 and np.diff(novel).min() > 1


def test_a_new_head_learns_the_novel_verbs_from_a_few_clips(toy_writer, tmp_path, monkeypatch):
    """The backbone is shown clips that stay where they are, the head some that go right or left."""
    for split, count in (("train", 60), ("seen", 12), ("unseen_test", 30)):
        toy_writer(tmp_path / split, count, count, 3)
    data = read_data(tmp_path)
    monkeypatch.setattr(protocol, "novel_verbs", lambda verbs: np.array([0, 1]))
    found = few_shot(data.train, data.seen, data.unseen_test, tmp_path / "work", seed=0, epochs=1)
    assert {shots: len(right) for shots, right in found.items()} == {5: 20, 10: 20}
    assert found[10].mean() > 0.8
    used = next((tmp_path / "work").iterdir()) / "curve.json"
    assert used.is_file()
