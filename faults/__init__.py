"""Breaks midspan on purpose: kills, hangs, full disks and jumping clocks, at places chosen by a seed.

Not part of the product. A *case* is a fault, a profile and a seed: the same case breaks the same place.
Every run ingests the same documents into a copy of the same workspace in a process of its own, is broken
once, is set right the way a user would do it, and must then hold what a run holds that nothing broke.

The stages are stand-ins without torch and spaCy, so that a run costs about a second; the stores, the
loop, the jobs, the projector and the servers are the real ones.
"""
