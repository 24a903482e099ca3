from pathlib import Path

import pytest

from midspan.errors import EmptySource
from midspan.pipelines.readers import markdown

DOCUMENT = """---
title: "The kidney"
---
# Where it *lies*

The **left** kidney lies behind [the peritoneum](https://example.org/p "title").
It is `bean` shaped. ![A picture](k.png)

- first item
- second item
  over two lines

| organ | side |
|-------|------|
| liver | right |

```python
x = 1

y = 2
```

<div>Raw <b>words</b></div>
"""


def write(folder: Path, content: str) -> Path:
    path = folder / "a.md"
    path.write_text(content, encoding="utf-8")
    return path


def joined(path: Path) -> str:
    return "".join(extract.text for extract in markdown.read(path))


def test_each_block_is_a_paragraph_without_markup(tmp_path: Path) -> None:
    assert joined(write(tmp_path, DOCUMENT)).strip().split("\n\n") == [
        "Where it lies",
        "The left kidney lies behind the peritoneum.\nIt is bean shaped. A picture",
        "first item",
        "second item\nover two lines",
        "organ | side",
        "liver | right",
        "x = 1\ny = 2",
        "Raw words",
    ]


def test_a_long_file_comes_in_parts_that_say_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(tmp_path, DOCUMENT + "\n# Next\n\nMore *words*.\n\n```\n\nnot cut here\n```\n" * 3)
    whole = joined(path)
    monkeypatch.setattr(markdown, "PART", 10)

    assert len(list(markdown.read(path))) > 3
    assert joined(path) == whole


def test_markup_without_text_is_empty(tmp_path: Path) -> None:
    with pytest.raises(EmptySource):
        joined(write(tmp_path, "---\n\n***\n"))


@pytest.mark.parametrize("depth", [9, 25, 300, 1000])
def test_lists_of_any_depth_are_read_to_their_end(tmp_path: Path, depth: int) -> None:
    items = "".join(f"{'  ' * level}- item {level} of it\n" for level in range(depth))

    text = joined(write(tmp_path, f"First words.\n\n{items}\nThe last words.\n"))

    assert [line for line in text.split("\n") if line] == [
        "First words.",
        *(f"item {level} of it" for level in range(depth)),
        "The last words.",
    ]


@pytest.mark.parametrize("depth", [25, 300, 10_000])
def test_quotes_of_any_depth_are_read_to_their_end(tmp_path: Path, depth: int) -> None:
    quoted = f"{'>' * depth} The innermost words.\n{'>' * depth} And more."

    text = joined(write(tmp_path, f"First words.\n\n{quoted}\n\nThe last words.\n"))

    assert text == "First words.\n\nThe innermost words.\nAnd more.\n\nThe last words.\n\n"
