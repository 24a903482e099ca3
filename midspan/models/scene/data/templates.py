"""Sentences for each relation, with gaps for the things: ``{a}`` and ``{b}``, of between also ``{c}``.

A gap holds an article and a noun. The last template of each relation is held out: no training text has it.
"""

from __future__ import annotations

from midspan.models.scene.wordings import Predicate

EXPLICIT: dict[Predicate, tuple[str, ...]] = {
    "left_of": (
        "{a} is to the left of {b}",
        "{a} stands left of {b}",
        "{a} is at the left side of {b}",
        "to the left of {b} there is {a}",
        "{b} is to the right of {a}",
        "put {a} to the left of {b}",
        "{b} has {a} on its left",
        "{a} is on the left hand side of {b}",
    ),
    "right_of": (
        "{a} is to the right of {b}",
        "{a} stands right of {b}",
        "{a} is at the right side of {b}",
        "to the right of {b} there is {a}",
        "{b} is to the left of {a}",
        "put {a} to the right of {b}",
        "{b} has {a} on its right",
        "{a} is on the right hand side of {b}",
    ),
    "above": (
        "{a} is above {b}",
        "{a} is over {b}",
        "above {b} there is {a}",
        "{b} is below {a}",
        "{a} is higher than {b}",
        "{a} can be seen high above {b}",
    ),
    "below": ("{a} is below {b}", "{b} is above {a}", "below {b} there is {a}", "{a} is lower than {b}"),
    "on": (
        "{a} is on {b}",
        "{a} is on top of {b}",
        "on {b} there is {a}",
        "put {a} on {b}",
        "there is {a} on {b}",
        "{a} rests upon {b}",
    ),
    "under": (
        "{a} is under {b}",
        "{a} lies underneath {b}",
        "under {b} there is {a}",
        "there is {a} under {b}",
        "{a} is beneath {b}",
    ),
    "inside": (
        "{a} is in {b}",
        "{a} is inside {b}",
        "in {b} there is {a}",
        "put {a} into {b}",
        "{b} contains {a}",
        "{a} is inside of {b}",
    ),
    "next_to": (
        "{a} is next to {b}",
        "{a} stands beside {b}",
        "{a} is near {b}",
        "beside {b} there is {a}",
        "put {a} close to {b}",
        "{a} is adjacent to {b}",
    ),
    "touching": ("{a} is touching {b}", "{a} leans against {b}", "{a} is against {b}"),
    "behind": (
        "{a} is behind {b}",
        "behind {b} there is {a}",
        "{b} is in front of {a}",
        "put {a} behind {b}",
        "{a} is at the back of {b}",
    ),
    "in_front_of": (
        "{a} is in front of {b}",
        "in front of {b} there is {a}",
        "{b} is behind {a}",
        "put {a} in front of {b}",
        "{a} is ahead of {b}",
    ),
    "between": (
        "{a} is between {b} and {c}",
        "between {b} and {c} there is {a}",
        "put {a} between {b} and {c}",
        "{a} stands midway between {b} and {c}",
    ),
    "far_from": ("{a} is far from {b}", "{a} is far away from {b}", "{a} is a long way from {b}"),
    "across_from": ("{a} is across from {b}", "{a} is opposite {b}", "opposite {b} there is {a}"),
    "facing": ("{a} is facing {b}", "{a} looks at {b}", "{a} faces {b}"),
    "at_left": ("{a} is on the left", "on the left there is {a}", "{a} is at the left edge of the picture"),
    "at_right": (
        "{a} is on the right",
        "on the right there is {a}",
        "{a} is at the right edge of the picture",
    ),
    "turned_left": (
        "{a} is facing left",
        "{a} faces left",
        "{a} looks to the left",
        "{a} is turned to the left",
    ),
    "turned_right": (
        "{a} is facing right",
        "{a} faces right",
        "{a} looks to the right",
        "{a} is turned to the right",
    ),
    "at_bottom": ("{a} is at the bottom of the picture", "at the bottom there is {a}"),
    "at_top": ("{a} is at the top of the picture", "at the top there is {a}"),
    "at_center": ("{a} is in the middle of the picture", "in the center there is {a}"),
}

IMPLIED: tuple[tuple[str, Predicate, str, str], ...] = (
    # sentence, relation of {a} to {b}, groups of a, groups of b
    ("{b} is wearing {a}", "on", "clothing", "person"),
    ("{b} wears {a}", "on", "clothing", "person"),
    ("{b} has {a} on", "on", "clothing", "person"),
    ("{b} is holding {a}", "touching", "toy food small", "person"),
    ("{b} carries {a}", "touching", "toy food small", "person"),
    ("{b} kicks {a}", "next_to", "toy", "person"),
    ("{b} throws {a}", "next_to", "toy", "person"),
    ("{b} is eating {a}", "touching", "food", "person animal"),
    ("{a} chases {b}", "next_to", "animal", "person animal"),
    ("{a} flies over {b}", "above", "sky", "large person animal"),
    ("{a} climbs {b}", "on", "person", "large"),
    ("{a} sits on {b}", "on", "person animal", "large"),
    ("{b} is grabbing {a}", "touching", "toy food small", "person"),
)
"""The last one is held out."""

JOINED = (". ", ", and ", "; ")
OPENINGS = ("", "", "", "In the picture, ", "Here ")
