"""Words for things that can stand in a scene, and where such things usually stand.

Two levels: 58 categories of a children's playground (the items of the Abstract Scenes clip-art: 56
things, a boy and a girl), and for other concrete nouns six generic kinds. A word that is in neither is
no thing of a scene: the lists are closed on purpose, so that abstract and medical nouns stay out.

Frame: canvas with the origin at top left, x to the right, y down, both 0..1. Positions of the groups are
the means measured over Abstract Scenes (500 x 400 pixels); sizes and depths are our own estimates.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Literal

Group = Literal["sky", "large", "person", "animal", "clothing", "food", "toy", "small"]


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
        " teacher, student, dancer, farmer, soldier, policeman, policewoman, police officer, driver,"
        " waiter, waitress, cook, chef, clown, king, queen, cyclist, pedestrian, passenger, skier, surfer,"
        " runner, fisherman, snowman, scarecrow, guest, tourist, he, she",
    ),
    "animal": (
        "animal",
        "horse, pony, cow, bull, sheep, lamb, goat, pig, chicken, hen, rooster, goose, turkey, bird,"
        " pigeon, seagull, parrot, crow, eagle, fish, goldfish, shark, whale, dolphin, rabbit, bunny,"
        " squirrel, hamster, fox, wolf, deer, lion, tiger, elephant, giraffe, zebra, monkey, penguin,"
        " turtle, frog, butterfly, spider, donkey, camel, kangaroo, dinosaur, hedgehog",
    ),
    "large thing": (
        "large",
        "house, cottage, hut, barn, castle, church, building, tower, skyscraper, shop, garage, shed, car,"
        " bus, truck, lorry, van, taxi, train, tram, boat, ship, bicycle, bike, motorcycle, motorbike,"
        " scooter, tractor, wagon, cart, ambulance, sofa, couch, armchair, chair, stool, bench, bed, crib,"
        " shelf, bookshelf, bookcase, cupboard, wardrobe, cabinet, dresser, fridge, refrigerator, oven,"
        " stove, sink, bathtub, fireplace, piano, television, tv, door, window, wall, fence, gate,"
        " mailbox, fountain, bridge, mountain, hill, river, lake, pond, road, street, sidewalk, bush,"
        " hedge, rock, rug, carpet, ladder, statue, lamppost, streetlight, traffic light, billboard,"
        " counter, nightstand, mirror, blackboard, whiteboard, trash can, swimming pool, hydrant, tree"
        " house, trampoline, seesaw, kennel, cage",
    ),
    "small thing": (
        "small",
        "ball, cup, mug, glass, bottle, jug, teapot, kettle, plate, bowl, saucer, tray, pan, pot, spoon,"
        " fork, knife, napkin, candle, vase, flower, plant, book, notebook, magazine, newspaper, letter,"
        " envelope, pen, pencil, eraser, ruler, scissors, lamp, lantern, clock, phone, telephone,"
        " smartphone, laptop, computer, keyboard, monitor, camera, radio, remote control, key, wallet,"
        " purse, bag, handbag, backpack, suitcase, box, basket, crate, jar, can, barrel, toy, doll, teddy"
        " bear, teddy, puzzle, guitar, violin, drum, umbrella, pillow, cushion, blanket, towel, brush,"
        " broom, hammer, picture, painting, photo, photograph, poster, apple, banana, orange, pear, lemon,"
        " cake, sandwich, bread, cookie, egg, cheese, tomato, carrot, potato, skateboard, surfboard,"
        " stick, stone, rope, coin, nest, leaf, mushroom, pumpkin, watermelon, cone, bell,"
        " flashlight, cube, teacup",
    ),
    "sky thing": (
        "sky",
        "moon, star, rainbow, comet, drone, satellite, ufo, blimp, airship, parachute, glider",
    ),
    "clothing": (
        "clothing",
        "hat, helmet, scarf, coat, jacket, shirt, t-shirt, sweater, dress, skirt, shoe, boot, sock,"
        " glove, glasses, goggles, mask, necklace, tie, apron, raincoat",
    ),
}

NAMED: dict[str, Category]
"""Every category and generic kind by name."""


def _category(name: str, group: Group) -> Category:
    x, y, width, height, depth = _GROUPS[group]
    width, height = _SIZES.get(name, (width, height))
    return Category(name, group, x, y, width, height, depth)


NAMED = {name: _category(name, group) for name, (group, _) in {**_CATEGORIES, **_KINDS}.items()}
CATEGORIES: tuple[str, ...] = tuple(_CATEGORIES)
KINDS: tuple[str, ...] = tuple(_KINDS)
LONGEST = 3
"""Words in the longest phrase."""


def look_up(phrase: str) -> Entry | None:
    """What a word or phrase, lower case and singular, stands for; None for what is no thing of a scene."""
    return _entries().get(phrase)


@cache
def _entries() -> dict[str, Entry]:
    entries: dict[str, Entry] = {}
    for mapping, table in (("lexicon", _CATEGORIES), ("open", _KINDS)):
        for name, (_, words) in table.items():
            kind: Literal["lexicon", "open"] = "lexicon" if mapping == "lexicon" else "open"
            for word in words.split(","):
                entries.setdefault(word.strip(), Entry(NAMED[name], kind))
    return entries
