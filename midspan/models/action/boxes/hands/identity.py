"""The model of real hands: where it comes from, and which file it is. No third party is imported here."""

from __future__ import annotations

WHEEL = "mediapipe==0.10.14"
MEMBER = "mediapipe/modules/palm_detection/palm_detection_full.tflite"
"""In the wheel."""
FILE = "palm_detection_full.tflite"
SHA256 = "1b14e9422c6ad006cde6581a46c8b90dd573c07ab7f3934b5589e7cea3f89a54"
BYTES = 2_339_846
NAME = "hands.palm"
EXTRA = "hands"
"""What of midspan's extras has its runtime."""
REMEDY = "fetch it again with `midspan models add hands`"
