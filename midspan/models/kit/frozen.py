"""Networks that start from another and keep parts of it as they are: only the rest is trained and saved."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

import numpy.typing as npt
import torch
from torch import Tensor, nn

N = TypeVar("N", bound=nn.Module)
P = TypeVar("P", bound="PartlyFrozen")


class PartlyFrozen(nn.Module):
    """A network some of whose parts are neither trained nor saved."""

    frozen: tuple[nn.Module, ...] = ()

    def freeze(self, *parts: nn.Module) -> None:
        """Keep these parts as they are from now on."""
        self.frozen = parts
        for part in parts:
            part.requires_grad_(False)

    def train(self: P, mode: bool = True) -> P:
        """Frozen parts stay in evaluation mode: without dropout, with the statistics they came with."""
        super().train(mode)
        for part in self.frozen:
            part.eval()
        return self


def start_from(part: nn.Module, other: nn.Module) -> None:
    """Put the parameters of another module of the same sizes in."""
    part.load_state_dict(other.state_dict(), strict=True)


def trained_state(network: nn.Module) -> dict[str, Tensor]:
    """A network's parameters and buffers that are not frozen, by name: the network's own, no copies."""
    frozen = {id(one) for part in getattr(network, "frozen", ()) for one in part.buffers()}
    return {
        name: value.detach()
        for name, value in network.state_dict(keep_vars=True).items()
        if (value.requires_grad if isinstance(value, nn.Parameter) else id(value) not in frozen)
    }


def trained_arrays(network: nn.Module) -> dict[str, npt.NDArray[Any]]:
    """The same for a model folder."""
    return {name: value.cpu().numpy() for name, value in trained_state(network).items()}


def load_trained(network: N, state: Mapping[str, Tensor] | Mapping[str, npt.NDArray[Any]]) -> N:
    """Put trained parameters in and go into evaluation mode; raises ``ValueError`` when they are not exactly
    those that the network trains."""
    if odd := sorted(set(trained_state(network)) ^ set(state)):
        raise ValueError(f"the weights do not fit the network; {len(odd)} names differ, as {odd[0]!r}")
    tensors = {name: torch.as_tensor(value) for name, value in state.items()}
    network.load_state_dict(tensors, strict=False)
    return network.eval()
