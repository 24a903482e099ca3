from collections.abc import Callable

import pytest

from midspan.models.facts.extraction import Triple, extract_triples
from midspan.models.parser import load_parser

Extract = Callable[[str], list[Triple]]


@pytest.fixture(scope="session")
def extract() -> Extract:
    parser = load_parser()
    return lambda text: extract_triples(parser.parse([text])[0])
