"""Published video transformers out of a folder; the folders hold tiny ones that the tests make."""

import json

import pytest
import torch
import transformers

from midspan.errors import ModelFilesMissing, UnknownName
from midspan.models.action.classes import Classes
from midspan.models.action.networks.appearance import AppearanceConfig, AppearanceNetwork
from midspan.models.action.networks.checkpoint import CheckpointTrunk, checkpoint_config, checkpoint_map

SIZES = {
    "image_size": 32, "patch_size": 8, "num_frames": 4, "hidden_size": 16, "num_hidden_layers": 2,
    "num_attention_heads": 2, "intermediate_size": 32,
}  # fmt: skip
CLIP = torch.rand((2, 3, 8, 64, 64), generator=torch.Generator().manual_seed(0)) - 0.5


@pytest.fixture(params=["videomae", "timesformer"])
def folder(request, tmp_path):
    config, model = {
        "videomae": (transformers.VideoMAEConfig, transformers.VideoMAEModel),
        "timesformer": (transformers.TimesformerConfig, transformers.TimesformerModel),
    }[request.param]
    torch.manual_seed(0)
    made = model(config(**SIZES))
    for one in made.parameters():  # places in time start at zero, which would hide their order
        torch.nn.init.normal_(one, std=0.3)
    made.save_pretrained(tmp_path)
    return tmp_path


def test_it_becomes_a_trunk(folder):
    config = checkpoint_config(folder)
    trunk = CheckpointTrunk.from_folder(folder).eval()
    with torch.no_grad():
        found = trunk(CLIP)
    assert found.shape == (2, 16, *checkpoint_map(config))


def test_its_map_lies_as_the_picture_does(folder):
    """What changes in a corner at the end moves most what the map says of that corner and moment."""
    trunk = CheckpointTrunk.from_folder(folder).eval()
    other = CLIP.clone()
    other[:, :, 6:, 48:, :16] = 0.5
    with torch.no_grad():
        moved = (trunk(other) - trunk(CLIP)).abs().mean((0, 1))
    moment, row, column = (int(one) for one in torch.unravel_index(moved.argmax(), moved.shape))
    assert (moment, row, column) == (moved.shape[0] - 1, 3, 0)


def test_a_network_on_it_can_be_made_again_from_its_config(folder):
    config = checkpoint_config(folder)
    classes = Classes({"verb": ("push", "pull")})
    appearance = AppearanceConfig("checkpoint", 3, checkpoint_map(config), checkpoint=config)
    network = AppearanceNetwork(appearance, classes)
    network.trunk = CheckpointTrunk.from_folder(folder)
    again = AppearanceNetwork(
        AppearanceConfig.from_json(json.loads(json.dumps(appearance.to_json()))), classes
    )
    again.load_state_dict(network.state_dict())
    with torch.no_grad():
        torch.testing.assert_close(again.eval()(CLIP), network.eval()(CLIP))


def test_other_folders_are_refused(folder, tmp_path):
    (folder / "config.json").write_text(json.dumps({"model_type": "bert"}))
    with pytest.raises(UnknownName, match="video model 'bert'; known: timesformer, videomae"):
        checkpoint_config(folder)
    (folder / "model.safetensors").unlink()
    with pytest.raises(ModelFilesMissing, match=r"no model.safetensors"):
        checkpoint_config(folder)
