"""English words that carry no topic: articles, pronouns, auxiliaries, prepositions, conjunctions.

They are indexed, so that phrases find them. A query that has other words does without them; one of such words
alone looks for them.
"""

from __future__ import annotations

_WORDS = """
a an the this that these those
i me my mine we us our ours you your yours he him his she her hers it its they them their theirs
myself ourselves yourself yourselves himself herself itself themselves
who whom whose which what when where why how
am is are was were be been being do does did doing have has had having
can could may might must shall should will would
of in on at by for from to with into onto upon about as than through during between among within without
and or but nor if then because while although though so
there here not no
"""
STOP_WORDS = frozenset(_WORDS.split())
