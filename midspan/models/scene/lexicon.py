"""Words for things that can stand in a scene, and where such things usually stand.

Three levels: 58 categories of a children's playground (the items of the Abstract Scenes clip-art: 56
things, a boy and a girl); for other common things the generic kinds, by lists of our own; and for all other
nouns the same kinds by WordNet (``nouns``), with the share of the word's use that is of such a thing. A word
that is in none is no thing of a scene.

Frame: canvas with the origin at top left, x to the right, y down, both 0..1. Positions of the groups are
the means measured over Abstract Scenes (500 x 400 pixels); sizes and depths are our own estimates.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Literal

from midspan.models.scene.nouns import nouns
from midspan.models.scene.words import words

Group = Literal["sky", "large", "person", "animal", "clothing", "food", "toy", "small", "place", "overhead"]


@dataclass(frozen=True)
class Category:
    """Where a thing stands when nothing else is said."""

    name: str
    group: Group
    x: float
    y: float
    """Centre, as shares of the canvas."""
    width: float
    height: float
    """Shares of the canvas at depth 0."""
    depth: int
    """0 near, 1 middle, 2 far."""
    facing: Literal["left", "right"] = "right"


@dataclass(frozen=True)
class Entry:
    """What a word stands for."""

    category: Category
    mapping: Literal["lexicon", "open"]
    share: float = 1.0
    """How much of the word's use is of such a thing, 0..1."""


_GROUPS: dict[Group, tuple[float, float, float, float, int]] = {
    # mean x and y, width, height, depth
    "sky": (259 / 500, 57 / 400, 0.22, 0.20, 1),
    "large": (256 / 500, 198 / 400, 0.34, 0.36, 1),
    "person": (245 / 500, 251 / 400, 0.15, 0.36, 0),
    "animal": (268 / 500, 262 / 400, 0.20, 0.22, 0),
    "clothing": (242 / 500, 174 / 400, 0.11, 0.10, 0),
    "food": (263 / 500, 247 / 400, 0.10, 0.09, 0),
    "toy": (260 / 500, 241 / 400, 0.10, 0.11, 0),
    "small": (260 / 500, 241 / 400, 0.10, 0.11, 0),
    "place": (0.5, 0.74, 0.56, 0.42, 2),
    "overhead": (0.5, 0.13, 0.56, 0.24, 2),
}

_CATEGORIES: dict[str, tuple[Group, str]] = {
    # category: (group, its words); a word stands in one place only
    "helicopter": ("sky", "helicopter, chopper"),
    "hot-air balloon": ("sky", "hot air balloon, hot-air balloon"),
    "cloud": ("sky", "cloud"),
    "sun": ("sky", "sun"),
    "lightning cloud": ("sky", "lightning, lightning cloud, thundercloud, storm cloud, thunderstorm"),
    "rain cloud": ("sky", "rain cloud, raincloud"),
    "rocket": ("sky", "rocket, spaceship, rocket ship"),
    "airplane": ("sky", "airplane, aeroplane, plane, aircraft, jet"),
    "bee spring-rider": ("large", "spring rider, bee rider, bumblebee ride"),
    "slide": ("large", "playground slide, slide"),
    "sandbox": ("large", "sandbox, sandpit"),
    "grill": ("large", "grill, barbecue, bbq"),
    "swings": ("large", "swing, swing set, swingset"),
    "tent": ("large", "tent"),
    "table": ("large", "table, picnic table, desk"),
    "pine tree": ("large", "pine, pine tree, fir, fir tree, christmas tree"),
    "leafy tree": ("large", "tree, oak, oak tree, maple"),
    "apple tree": ("large", "apple tree, fruit tree"),
    "boy": ("person", "boy, mike"),
    "girl": ("person", "girl, jenny"),
    "bear": ("animal", "bear, grizzly"),
    "cat": ("animal", "cat, kitten, kitty"),
    "dog": ("animal", "dog, puppy"),
    "duck": ("animal", "duck, duckling"),
    "owl": ("animal", "owl"),
    "snake": ("animal", "snake"),
    "blue cap": ("clothing", "cap, baseball cap, blue cap"),
    "crown": ("clothing", "crown"),
    "chef hat": ("clothing", "chef hat"),
    "pirate hat": ("clothing", "pirate hat"),
    "winter hat": ("clothing", "winter hat, beanie, wool hat"),
    "rainbow propeller hat": ("clothing", "propeller hat, rainbow hat"),
    "wizard hat": ("clothing", "wizard hat, witch hat"),
    "viking helmet": ("clothing", "viking helmet, viking hat, horned helmet"),
    "purple glasses": ("clothing", "purple glasses, eyeglasses, spectacles"),
    "sunglasses": ("clothing", "sunglasses"),
    "pie": ("food", "pie"),
    "pizza": ("food", "pizza"),
    "hotdog": ("food", "hotdog, hot dog"),
    "ketchup": ("food", "ketchup"),
    "mustard": ("food", "mustard"),
    "burger": ("food", "burger, hamburger, cheeseburger"),
    "drink": ("food", "soda, lemonade, soft drink"),
    "baseball": ("toy", "baseball"),
    "bucket": ("toy", "bucket, pail"),
    "beach ball": ("toy", "beach ball, beachball"),
    "basketball": ("toy", "basketball"),
    "soccer ball": ("toy", "soccer ball, soccerball"),
    "tennis ball": ("toy", "tennis ball"),
    "football": ("toy", "football"),
    "frisbee": ("toy", "frisbee"),
    "baseball bat": ("toy", "baseball bat"),
    "balloons": ("toy", "balloon"),
    "baseball glove": ("toy", "mitt, baseball glove, baseball mitt"),
    "shovel": ("toy", "shovel, spade"),
    "racket": ("toy", "racket, racquet, tennis racket"),
    "kite": ("toy", "kite"),
    "campfire": ("toy", "campfire, bonfire, fire pit"),
}

_SIZES: dict[str, tuple[float, float]] = {
    "table": (0.30, 0.20),
    "sandbox": (0.34, 0.18),
    "grill": (0.18, 0.26),
    "bee spring-rider": (0.20, 0.24),
    "sun": (0.16, 0.20),
    "snake": (0.20, 0.10),
    "balloons": (0.10, 0.22),
    "kite": (0.13, 0.16),
    "campfire": (0.14, 0.14),
    "owl": (0.11, 0.16),
    "duck": (0.12, 0.13),
    "cat": (0.14, 0.16),
}

_KINDS: dict[str, tuple[Group, str]] = {
    # generic kind: (group whose place it takes, its words)
    "person": (
        "person",
        "man, woman, child, kid, baby, toddler, person, people, lady, gentleman, guy, teenager, player,"
        " couple,"
        " teacher, student, dancer, farmer, soldier, policeman, policewoman, police officer, driver, crowd,"
        " waiter, waitress, cook, chef, clown, king, queen, cyclist, pedestrian, passenger, skier, surfer,"
        " runner, fisherman, snowman, scarecrow, guest, tourist, he, she, someone, somebody, grandmother,"
        " grandfather, mother, father, adult",
    ),
    "animal": (
        "animal",
        "horse, pony, cow, calf, bull, sheep, lamb, goat, pig, goose, turkey, fish, goldfish, shark, whale,"
        " dolphin,"
        " rabbit, bunny, fox, wolf, deer, lion, tiger, elephant, giraffe, zebra, monkey, penguin, turtle,"
        " donkey, camel, kangaroo, dinosaur, dragon, unicorn",
    ),
    "small animal": (
        "animal",
        "chicken, hen, rooster, bird, pigeon, seagull, parrot, crow, eagle, squirrel, hamster, frog,"
        " butterfly,"
        " spider, hedgehog, mouse, heron, gull, crab",
    ),
    "vehicle": (
        "large",
        "car, bus, truck, lorry, van, taxi, train, tram, boat, ship, bicycle, bike, motorcycle, motorbike,"
        " scooter, tractor, wagon, cart, ambulance, jeep, canoe",
    ),
    "building": (
        "large",
        "house, cottage, hut, barn, castle, church, building, tower, skyscraper, shop, store, garage,"
        " shed, school,"
        " library, hospital, museum, temple, tree house, kennel, stadium",
    ),
    "furniture": (
        "large",
        "sofa, couch, armchair, chair, stool, bench, bed, crib, shelf, bookshelf, bookcase, cupboard,"
        " wardrobe,"
        " cabinet, dresser, fridge, refrigerator, oven, stove, sink, bathtub, fireplace, piano,"
        " television, tv,"
        " nightstand, counter, toilet, washing machine, chest of drawers, dishwasher, drawer, throne,"
        " side table, mantelpiece",
    ),
    "tree": ("large", "bush, hedge, shrub, palm, palm tree, willow"),
    "plant": ("small", "flower, plant, leaf, mushroom, grass, cactus, branch"),
    "food": (
        "food",
        "apple, banana, orange, pear, lemon, cake, sandwich, bread, cookie, egg, cheese, tomato, carrot,"
        " potato,"
        " pumpkin, watermelon, donut, broccoli",
    ),
    "place": (
        "place",
        "mountain, hill, river, lake, pond, road, street, sidewalk, beach, lawn, rug, carpet, floor, swimming"
        " pool, wall, field, meadow, yard, garden, sea, ocean, island, water, sand, snow, ground,"
        " kitchen, bathroom, bedroom, path, cliff, pier, court, parking lot, stage, stairs, staircase,"
        " cave, forest, farm, platform, puddle, stream, harbour, harbor",
    ),
    "high place": ("overhead", "sky, ceiling"),
    "large thing": (
        "large",
        "door, window, fence, gate, mailbox, fountain, bridge, rock, ladder, statue, lamppost, streetlight,"
        " traffic light, billboard, mirror, blackboard, whiteboard, trash can, hydrant, fire hydrant,"
        " bus stop, log, trampoline,"
        " seesaw, cage, parking meter, stop sign, curtain, pillar, column, railing, pole, sign",
    ),
    "small thing": (
        "small",
        "ball, cup, mug, glass, bottle, jug, teapot, kettle, plate, bowl, saucer, tray, pan, pot, spoon,"
        " fork, knife, napkin, candle, vase, book, notebook, magazine, newspaper, letter,"
        " envelope, pen, pencil, eraser, ruler, scissors, lamp, lantern, clock, phone, telephone, cell phone,"
        " smartphone, laptop, computer, keyboard, monitor, camera, radio, remote control, remote, key,"
        " wallet,"
        " purse, bag, handbag, backpack, suitcase, box, basket, crate, jar, can, barrel, toy, doll, teddy"
        " bear, teddy, puzzle, guitar, violin, drum, umbrella, nail, post, globe, map, card, gift, hair"
        " dryer,"
        " pillow, cushion, blanket, towel, brush,"
        " broom, hammer, picture, painting, photo, photograph, poster, skateboard, surfboard, snowboard,"
        " skis,"
        " stick, stone, rope, coin, nest, cone, bell, flashlight, cube, teacup, microwave, toaster, hair"
        " drier,"
        " pyramid, sphere, cylinder, circle, square, triangle, rectangle, block, puck, button, brick, flag,"
        " board, screen, torch, toothbrush, wine glass, net",
    ),
    "sky thing": (
        "sky",
        "moon, star, rainbow, comet, drone, satellite, ufo, blimp, airship, parachute, glider, balloons",
    ),
    "headwear": ("clothing", "hat, helmet, glasses, goggles, mask"),
    "clothing": (
        "clothing",
        "scarf, coat, jacket, shirt, t-shirt, sweater, dress, skirt, shoe, boot, sock,"
        " glove, necklace, tie, apron, raincoat",
    ),
    "part": (
        "small",
        "head, hand, arm, shoulder, knee, lap, foot, leg, neck, nose, ear, paw, tail, wing, finger,"
        " beak, trunk,"
        " mouth, face",
    ),
}

_KIND_SIZES: dict[str, tuple[float, float]] = {
    "small animal": (0.11, 0.10),
    "vehicle": (0.32, 0.22),
    "building": (0.34, 0.40),
    "furniture": (0.26, 0.26),
    "tree": (0.28, 0.42),
    "plant": (0.09, 0.14),
    "part": (0.07, 0.07),
}

_NO_THINGS = words(
    "side left right top bottom front back rear corner edge middle center centre part end way area point"
    " line level"
    " case body form unit piece set base space position distance direction lot kind sort type group pair"
    " bunch number"
    " half north south east west order spot room view plane image world hole figure item object thing"
    " work interior"
    " outside inside host subject soul individual creature user owner author member leader president"
    " minister officer"
    " source record key film album single game match party bank scene foreground background surface"
    " center head"
    " being body other one first second more match right cover opening passage structure"
)
"""Nouns that say where, how many or in what office, though WordNet has them for a thing as well; and words
that are mostly used otherwise."""

TABLES = words("table desk shelf counter bench sideboard")
SEATS = words("sofa couch bed mattress settee bench")
"""What stands on their left side is on them; on that of a seat if it sits or lies there."""

NAMED: dict[str, Category]
"""Every category and generic kind by name."""


def _category(name: str, group: Group) -> Category:
    x, y, width, height, depth = _GROUPS[group]
    width, height = _SIZES.get(name) or _KIND_SIZES.get(name) or (width, height)
    return Category(name, group, x, y, width, height, depth)


NAMED = {name: _category(name, group) for name, (group, _) in {**_CATEGORIES, **_KINDS}.items()}
CATEGORIES: tuple[str, ...] = tuple(_CATEGORIES)
KINDS: tuple[str, ...] = tuple(_KINDS)
_PLAIN = 0.6
"""The share of use from which a noun may be the second half of a word."""
LONGEST = 3
"""Words in the longest phrase."""


def is_area(category: Category) -> bool:
    """A ground, a room or a wall: other things are in its area, and it is no smaller far away."""
    return category.group in ("place", "overhead")


def look_up(phrase: str) -> Entry | None:
    """What a word or phrase, lower case and singular, stands for; None for what is no thing of a scene."""
    found = listed(phrase)
    if found is not None or phrase in _NO_THINGS:
        return found
    kind, share = nouns().get(phrase) or _written_together(phrase)
    return Entry(NAMED[kind], "open", share) if kind else None


def listed(phrase: str) -> Entry | None:
    """What the lists of our own say, without WordNet."""
    return _entries().get(phrase)


def all_words() -> dict[str, Entry]:
    """The words of our own lists."""
    return _entries()


@cache
def _written_together(word: str) -> tuple[str, float]:
    """The kind of the second word of a compound that WordNet writes as two or not at all: "washbasin"."""
    known = nouns()
    for cut in range(3, len(word) - 3) if word.isalpha() else ():
        first, second = word[:cut], word[cut:]
        if second in known and known[second][1] >= _PLAIN and (len(second) > 4 or first in known):
            return known[second]
    return "", 0.0


@cache
def _entries() -> dict[str, Entry]:
    entries: dict[str, Entry] = {}
    tables: tuple[tuple[Literal["lexicon", "open"], dict[str, tuple[Group, str]]], ...] = (
        ("lexicon", _CATEGORIES),
        ("open", _KINDS),
    )
    for mapping, table in tables:
        for name, (_, listed_words) in table.items():
            for word in listed_words.split(","):
                entries.setdefault(word.strip(), Entry(NAMED[name], mapping))
    return entries
