"""Dense optical flow between the pictures of a clip."""

from __future__ import annotations

from itertools import pairwise

import cv2
import numpy as np
import numpy.typing as npt


def optical_flow(rgb: npt.NDArray[np.uint8]) -> npt.NDArray[np.float16]:
    """(times - 1, height, width, 2): by how many pixels x and y move to the next picture (DIS).

    ``rgb`` is (times, height, width, 3).
    """
    dis = cv2.DISOpticalFlow_create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
    grey = [cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY) for picture in rgb]
    flows = [dis.calc(before, after, None) for before, after in pairwise(grey)]
    return np.stack(flows).astype(np.float16)
