"""Make the files with what is measured in the phantom: its landmarks, and the points to choose from.

    python -m benchmarks.build_phantom

Both follow from the formulas in ``midspan/models/atlas/anatomy/phantom.py``; a test compares the files with
what is made anew.
"""

from __future__ import annotations

from midspan.models.atlas.anatomy import landmarks
from midspan.models.atlas.anatomy.phantom_atlas import measured_landmarks, phantom_atlas
from midspan.models.atlas.learned import decoding


def main() -> None:
    landmarks.write(measured_landmarks(), landmarks.PHANTOM_FILE)
    decoding.write_table(decoding.measured_table(phantom_atlas()), decoding.PHANTOM_FILE)


if __name__ == "__main__":
    main()
