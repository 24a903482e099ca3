"""The small appearance trunk: five 3-D convolutions that learn from a few thousand clips on a processor."""

from __future__ import annotations

from torch import Tensor, nn

WIDTH = 16


def _block(
    before: int, after: int, stride: tuple[int, int, int], kernel: tuple[int, int, int] = (3, 3, 3)
) -> nn.Sequential:
    padding = (kernel[0] // 2, kernel[1] // 2, kernel[2] // 2)
    return nn.Sequential(
        nn.Conv3d(before, after, kernel, stride, padding, bias=False),
        nn.BatchNorm3d(after),
        nn.ReLU(inplace=True),
    )


class Cnn3d(nn.Module):
    """(batch, channels, 8, 64, 64) to a map (batch, 6 * width, 4, 4, 4)."""

    def __init__(self, channels: int, width: int = WIDTH) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            _block(channels, width, (1, 2, 2), (3, 5, 5)),
            _block(width, 2 * width, (1, 2, 2)),
            _block(2 * width, 4 * width, (1, 2, 2)),
            _block(4 * width, 4 * width, (2, 2, 2)),
            _block(4 * width, 6 * width, (1, 1, 1)),
        )
        self.channels = 6 * width

    def maps(self, x: Tensor) -> list[Tensor]:
        """What each layer says of it; the last is the answer."""
        found = []
        for layer in self.layers:
            x = layer(x)
            found.append(x)
        return found

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = self.layers(x)
        return out
