import numpy as np
import pytest

from midspan.models.scene.data.examples import Example, PlacedThing
from midspan.models.scene.data.generator import HELD_OUT, generate
from midspan.models.scene.evaluation.naive import (
    centre,
    linear_window,
    nearest_scene,
    random_places,
    usual_places,
)
from midspan.models.scene.evaluation.placing import by_rules, figures_of, projected
from midspan.models.scene.evaluation.scenes import (
    MADE_VIEWS,
    explicit_share,
    made_scenes,
    places_of,
    scene_of,
)
from midspan.models.scene.learned.rows import Rows


def example(text, *things):
    """Things of category, x, y and facing."""
    placed = tuple(
        PlacedThing(name, name, None, (x, y, 0.1, 0.1), 0, facing) for name, x, y, facing in things
    )
    return Example(text, placed, (), "test")


def sided(count):
    """Scenes whose text says on which side the owl is and to where it looks."""
    rng = np.random.default_rng(0)
    found = []
    for _ in range(count):
        side, look = (("left", "right")[int(rng.integers(2))] for _ in range(2))
        x = 0.2 if side == "left" else 0.8
        text = f"sun is at the top . owl on the {side} edge , it looks {look}wards ."
        found.append(example(text, ("owl", x, 0.7, look), ("sun", 0.5, 0.1, "right")))
    return found


def test_what_is_true_has_the_best_figures():
    scenes = made_scenes("pairs", 0, 30)
    found = figures_of(scenes, [one.true for one in scenes], "pairs")
    assert all(found[f"{name}_pairs"].mean == pytest.approx(1.0) for name in ("absolute", "relative"))
    assert all(found[f"{name}_pairs"].mean == 100.0 for name in ("facing", "depth", "order"))
    assert found["relative_published_pairs"].mean > 1.0


@pytest.mark.parametrize("view", MADE_VIEWS)
def test_made_scenes_of_a_view_are_what_it_says_and_the_same_for_a_seed(view):
    scenes = made_scenes(view, 3, 12)
    assert len(scenes) == 12
    again = made_scenes(view, 3, 12)
    assert [one.question for one in scenes] == [one.question for one in again]
    assert scenes[0].question != made_scenes(view, 4, 1)[0].question
    if view == "implied":
        assert all(one.explicit == 0.0 for one in scenes)
    if view == "categories":
        firsts = {one.question.categories[0] for one in made_scenes(view, 0, 60)}
        assert firsts & HELD_OUT


def test_usual_places_are_the_mean_or_the_median_of_the_category():
    examples = [example("x", ("owl", x, 0.5, "left")) for x in (0.1, 0.2, 0.9)]
    scene = [scene_of(example("x", ("owl", 0.5, 0.5, "right"), ("tent", 0.5, 0.5, "right")))]
    (mean,) = usual_places(examples)(scene)
    (median,) = usual_places(examples, lambda rows: np.median(rows, axis=0))(scene)
    assert mean.points[0].tolist() == pytest.approx([0.4, 0.5])
    assert median.points[0].tolist() == pytest.approx([0.2, 0.5])
    assert mean.facings[0] == 1
    assert mean.points[1].tolist() == pytest.approx([0.4, 0.5])  # never seen: where all things are


def test_the_nearest_scene_is_the_one_that_shares_most_things():
    examples = [
        example("x", ("owl", 0.1, 0.1, "right"), ("sun", 0.2, 0.2, "right")),
        example("x", ("owl", 0.7, 0.7, "left"), ("tent", 0.8, 0.8, "right")),
    ]
    scene = [scene_of(example("x", ("tent", 0.5, 0.5, "right"), ("owl", 0.5, 0.5, "right")))]
    (said,) = nearest_scene(examples)(scene)
    assert said.points.tolist() == [[0.8, 0.8], [0.7, 0.7]] and said.facings.tolist() == [0, 1]


def test_the_linear_model_learns_what_the_words_beside_a_thing_say():
    examples = sided(300)
    scenes = [scene_of(one) for one in sided(330)[300:]]
    said = linear_window(examples, Rows(64))(scenes)
    figures = figures_of(scenes, said, "codraw")
    assert figures["absolute_codraw"].mean > 0.9
    assert (
        figures["absolute_codraw"].mean > figures_of(scenes, centre(scenes), "codraw")["absolute_codraw"].mean
    )


def test_places_of_chance_are_the_same_for_a_seed():
    scenes = made_scenes("pairs", 0, 5)
    one, same, other = (random_places(seed)(scenes) for seed in (0, 0, 1))
    assert all(np.array_equal(a.points, b.points) for a, b in zip(one, same, strict=True))
    assert not np.array_equal(one[0].points, other[0].points)


def test_after_the_relations_nearly_all_that_is_said_holds():
    scenes = made_scenes("templates", 0, 60)
    before = figures_of(scenes, random_places(0)(scenes), "templates")["said_holds_templates"].mean
    for way in (by_rules, projected(random_places(0))):
        assert figures_of(scenes, way(scenes), "templates")["said_holds_templates"].mean > max(90, before)


def test_real_scenes_may_reach_beyond_the_canvas():
    true = places_of(example("x", ("owl", 1.3, -0.2, "right")))
    assert true.points.tolist() == [[1.0, 0.0]]


def test_explicit_sentences_have_a_word_for_a_place():
    assert explicit_share("sun on the left . mike is angry .") == 0.5
    assert explicit_share("") == 0.0


def test_made_scenes_are_not_those_of_training():
    trained = {one.text for one in generate(200, 0)}
    assert trained.isdisjoint(one.question.text for one in made_scenes("pairs", 0, 50))
