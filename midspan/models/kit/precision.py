"""Which precision a device multiplies in."""

from __future__ import annotations

from typing import Any

import torch


def mixed_precision(device: torch.device) -> torch.autocast:
    """Matrix products in bfloat16 where the device has instructions for it; weights stay in float32."""
    if device.type == "cuda":
        fast = torch.cuda.is_bf16_supported(including_emulation=False)
    else:
        fast = bool({"avx512_bf16", "amx_bf16"} & {k for k, v in _cpu().items() if v})
    return torch.autocast(device.type, dtype=torch.bfloat16, enabled=fast)


def _cpu() -> dict[str, Any]:
    """What the processor can do; older releases of torch do not tell."""
    return dict(torch.cpu.get_capabilities()) if hasattr(torch.cpu, "get_capabilities") else {}
