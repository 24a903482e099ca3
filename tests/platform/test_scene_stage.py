"""Where the things of a scene begin is a setting."""

import pytest

from midspan.platform.models import Models
from midspan.platform.settings import Settings
from midspan.platform.stages.scene import stages


@pytest.mark.parametrize(
    ("scenes", "model"), [("usual", "scene.lexicon"), ("model", "scene.lexicon+scene.small")]
)
def test_the_run_says_what_placed_the_things(scenes, model, tmp_path):
    (stage,) = stages(Models(Settings(workspace=tmp_path, scenes=scenes), None, None, None))
    assert stage.run.model == model
