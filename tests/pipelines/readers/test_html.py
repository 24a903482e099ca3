from pathlib import Path

import pytest

from midspan.errors import EmptySource, UnsupportedSource
from midspan.pipelines.readers import html

PAGE = """<!doctype html><html><head><title>The  kidney</title>
<style>p { color: red }</style><script>let sly = "stolen";</script></head>
<body><nav><a href="/">Home menu</a></nav><article><h1>Where it lies</h1>
<p>The left kidney lies <b>behind</b> the peritoneum, and it is
shaped like a bean of eleven centimetres.</p>
<script>document.write("evil")</script><noscript>switch it on</noscript><template>draft</template>
<ul><li>One side is left.</li><li>The other side is right.</li></ul>
<table><tr><td>liver</td><td>right</td></tr></table>
</article><footer>Imprint and contact</footer></body></html>"""


def write(folder: Path, content: str | bytes) -> Path:
    path = folder / "a.html"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def joined(path: Path) -> str:
    return "".join(extract.text for extract in html.read(path))


def test_the_main_text_comes_block_by_block(tmp_path: Path) -> None:
    assert joined(write(tmp_path, PAGE)).split("\n\n") == [
        "Where it lies",
        "The left kidney lies behind the peritoneum, and it is shaped like a bean of eleven centimetres.",
        "One side is left.",
        "The other side is right.",
        "liver | right",
    ]


def test_inline_code_and_quotes_stay_in_their_sentence(tmp_path: Path) -> None:
    page = (
        "<html><body><article><p>Use the <code>build</code> word, <q>quoted</q>, <a href='/x'>here</a>.</p>"
    )

    assert "Use the build word, quoted, here." in joined(write(tmp_path, page + "<pre>x = 1</pre>"))


@pytest.mark.parametrize("word", ["stolen", "evil", "color", "switch", "draft", "menu", "Imprint"])
def test_scripts_styles_and_navigation_are_left_out(tmp_path: Path, word: str) -> None:
    assert word not in joined(write(tmp_path, PAGE))


def test_all_text_is_taken_where_no_main_text_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(html.trafilatura, "bare_extraction", lambda *_, **__: None)

    text = joined(write(tmp_path, PAGE))

    assert text.split("\n\n")[0] == "Where it lies"
    assert "evil" not in text and "menu" not in text and "draft" not in text


@pytest.mark.parametrize(
    ("meta", "codec"),
    [
        ('<meta charset="iso-8859-2">', "iso-8859-2"),
        ('<meta http-equiv="Content-Type" content="text/html; charset=windows-1250">', "cp1250"),
        ("", "utf-16"),
        ('<meta charset="no-such-thing">', "utf-8"),
    ],
)
def test_the_encoding_is_the_declared_one(tmp_path: Path, meta: str, codec: str) -> None:
    page = f"<html><head>{meta}</head><body><p>Zażółć gęślą jaźń, mówi łódź.</p></body></html>"

    assert joined(write(tmp_path, page.encode(codec))) == "Zażółć gęślą jaźń, mówi łódź."


@pytest.mark.parametrize(
    "page", ["<html><body><script>only()</script></body></html>", "<!-- nothing -->", "<html></html>"]
)
def test_a_page_without_text_is_empty(tmp_path: Path, page: str) -> None:
    with pytest.raises(EmptySource):
        joined(write(tmp_path, page))


def test_a_page_too_large_for_a_tree_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(html, "LARGEST", 100)

    with pytest.raises(UnsupportedSource, match="convert it to text"):
        joined(write(tmp_path, PAGE))


def test_deep_nesting_is_survived(tmp_path: Path) -> None:
    page = "<html><body>" + "<div>" * 1_500 + "deep down words" + "</div>" * 1_500 + "</body></html>"

    assert "deep down words" in joined(write(tmp_path, page))


@pytest.mark.parametrize("depth", [255, 256, 2000])
def test_elements_within_each_other_are_read_to_their_end(tmp_path: Path, depth: int) -> None:
    page = (
        f"<html><body>{'<div>' * depth}<p>The innermost.</p>{'</div>' * depth}<p>The last.</p></body></html>"
    )

    assert joined(write(tmp_path, page)) == "The innermost.\n\nThe last."


def test_a_page_that_the_parser_leaves_before_its_end_is_not_cut_in_silence(tmp_path: Path) -> None:
    page = f"<html><body><p>The first.</p>{'<div>' * 3000}<p>The innermost.</p></body></html>"

    with pytest.raises(UnsupportedSource, match=r"left it at line 1 \(Excessive depth.*convert it to text"):
        joined(write(tmp_path, page))


def test_a_long_text_without_a_tag_in_it_is_read_to_its_end(tmp_path: Path) -> None:
    page = f"<html><body><p>{'word ' * 2_200_000}</p><p>The last.</p></body></html>"

    assert joined(write(tmp_path, page)).endswith("word word\n\nThe last.")
