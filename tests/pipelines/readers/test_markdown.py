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
