"""``python -m midspan.platform``: the same as ``midspan``."""

from midspan.platform.cli import main

main()
