"""No triples from what is no prose. Texts: BSD and GNU licences, Python's and Git's documentation, CaRB."""

import pytest

from midspan.models.facts.extraction import extract_triples
from midspan.models.facts.prose import is_prose
from midspan.models.parser import load_parser

PARSER = load_parser()

NO_PROSE = {
    "code": "def __iter__(self): return iter(self.items()) # yields each key that the mapping has",
    "assignment": "const semverSatisfies = require('semver/functions/satisfies') const min = 3",
    "json": '{ "connections": [ { "partnerName": "TIVIT", "vlan": 101, "state": "is ordering" } ] }',
    "options": "--ltr Coerce version strings left to right (default) --rtl Coerce them right to left",
    "table": "1841 23.8 1.2 was 17 1842 24.9 1.3 0.4 18 1843 25.1 1.2 0.3 19 1844 26 1.4 0.2 20",
    "capitals": "THIS SOFTWARE IS PROVIDED BY THE COPYRIGHT HOLDERS AND CONTRIBUTORS AS IS.",
    "heading": "The MIT License (MIT) Copyright (c) 2013 Steve Canny",
    "no verb": "GNU General Public License, Version 3, 29 June 2007",
    "reference": "Lamport, L., and Melliar-Smith, P. (1985). Synchronizing clocks with faults, pp. 52-78.",
    "fence": "For example, the following packages provide it: ``` apt install automake libtool gcc",
}


@pytest.mark.parametrize("kind", NO_PROSE)
def test_nothing_is_made_of_what_is_no_prose(kind: str) -> None:
    assert extract_triples(PARSER.parse([NO_PROSE[kind]])[0]) == []


@pytest.mark.parametrize(
    "sentence",
    [
        "Marie Curie was born in Warsaw.",
        "In 1841, 3,211 people lived in 602 houses (a rise of 12 %).",
        "Great Northern Nekoosa soared $ 20.125 a share , to $ 62.875 .",
        "The `git` command reads the file `config` first.",
        "A hundred years later, in 1984, NASA and the ESA met in Paris.",
        "The gene BRCA1 is found on chromosome 17.",
    ],
)
def test_prose_with_figures_and_short_forms_is_prose(sentence: str) -> None:
    assert is_prose(PARSER.parse([sentence])[0])


@pytest.mark.parametrize(
    "sentence",
    [
        "2 is the answer.",
        "`pytz_deprecation_shim` replaces https://example.org/index.html since last year.",
        "See that * provides [docs](./docs) for everyone here.",
    ],
)
def test_bare_numbers_symbols_and_addresses_are_no_arguments(sentence: str) -> None:
    assert extract_triples(PARSER.parse([sentence])[0]) == []
