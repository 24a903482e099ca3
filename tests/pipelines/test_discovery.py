import os
from collections.abc import Iterable
from pathlib import Path

import pytest

from midspan.pipelines.discovery import Found, discover
from midspan.records import Failure


def fill(folder: Path, names: Iterable[str]) -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("words")


def found(folder: Path, *asked: str | Path, follow_links: bool = False) -> list[str]:
    """Paths below the folder; fails if there was a failure."""
    items = list(discover(asked, follow_links=follow_links))
    assert all(isinstance(item, Found) for item in items), items
    return [str(item.path.relative_to(folder)) for item in items if isinstance(item, Found)]


def failure(*asked: str | Path) -> Failure:
    (item,) = discover(asked)
    assert isinstance(item, Failure)
    return item


def test_a_folder_gives_what_is_read_sorted_with_subfolders(tmp_path: Path) -> None:
    fill(tmp_path, ["b.txt", "a/z.PDF", "a/y.jpg", "c.mp4", "d", "a/b/c.md"])

    assert found(tmp_path, tmp_path) == ["a/b/c.md", "a/z.PDF", "b.txt", "c.mp4"]


def test_hidden_files_and_folders_are_skipped(tmp_path: Path) -> None:
    fill(tmp_path, [".a.txt", ".git/b.txt", "c.txt", "d/.e/f.txt"])

    assert found(tmp_path, tmp_path, str(tmp_path / "**/*.txt")) == ["c.txt", "c.txt"]


def test_a_named_file_is_given_whatever_it_is(tmp_path: Path) -> None:
    fill(tmp_path, [".hidden.xyz"])

    assert found(tmp_path, tmp_path / ".hidden.xyz") == [".hidden.xyz"]


@pytest.mark.parametrize(
    "name", ["with space.txt", "new\nline.txt", "größe 字.txt", "n\udcffme.txt", "[1]*?.txt", "-x.txt"]
)
def test_odd_names_are_found(tmp_path: Path, name: str) -> None:
    fill(tmp_path, [name])

    assert found(tmp_path, tmp_path, tmp_path / name, str(tmp_path / "*.txt")) == [name] * 3


def test_paths_are_absolute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(tmp_path, ["a/b.txt"])
    monkeypatch.chdir(tmp_path)

    assert found(tmp_path, "a", "a/b.txt", "a/*.txt", "**/b.txt", "a/../a") == ["a/b.txt"] * 5


def test_a_loop_of_links_is_survived(tmp_path: Path) -> None:
    fill(tmp_path, ["a/b/c.txt"])
    (tmp_path / "a/b/up").symlink_to(tmp_path / "a")
    (tmp_path / "a/self").symlink_to("self")

    assert found(tmp_path, tmp_path) == ["a/b/c.txt"]
    assert found(tmp_path, str(tmp_path / "**/*.txt")) == ["a/b/c.txt"]


def test_links_are_followed_to_what_they_mean(tmp_path: Path) -> None:
    fill(tmp_path, ["real/a.txt", "other/b.md"])
    (tmp_path / "real/link.md").symlink_to(tmp_path / "other/b.md")
    (tmp_path / "real/folder").symlink_to(tmp_path / "other")

    followed = ["real/a.txt", "real/folder/b.md", "other/b.md"]
    assert found(tmp_path, tmp_path / "real", follow_links=True) == followed
    assert sorted(found(tmp_path, str(tmp_path / "real/*"), follow_links=True)) == ["other/b.md"] * 2 + [
        "real/a.txt"
    ]


@pytest.mark.parametrize("asked", ["real", "real/*", "real/**", "real/*.md", "re*l"])
def test_links_out_of_the_named_folder_are_passed_over(tmp_path: Path, asked: str) -> None:
    fill(tmp_path, ["real/a.md", "secret/b.md"])
    (tmp_path / "real/link.md").symlink_to(tmp_path / "secret/b.md")
    (tmp_path / "real/folder").symlink_to(tmp_path / "secret")
    (tmp_path / "real/up").symlink_to("..")

    if asked == "re*l":  # all of it lies in the folder before the wildcard
        assert "real/a.md" in found(tmp_path, str(tmp_path / asked))
        return
    assert found(tmp_path, str(tmp_path / asked)) == ["real/a.md"]


def test_links_within_the_named_folder_and_named_links_are_followed(tmp_path: Path) -> None:
    fill(tmp_path, ["real/a.md", "secret/b.md"])
    (tmp_path / "real/again.md").symlink_to("a.md")
    (tmp_path / "named").symlink_to(tmp_path / "secret")

    assert found(tmp_path, tmp_path / "real") == ["real/a.md", "real/a.md"]
    assert found(tmp_path, tmp_path / "named", tmp_path / "named/b.md") == ["secret/b.md"] * 2


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("*.txt", ["a.txt"]),
        ("**/*.txt", ["a.txt", "x/b.txt", "x/y/c.txt"]),
        ("x/**/c.*", ["x/y/c.md", "x/y/c.txt"]),
        ("x/**", ["x/b.txt", "x/y/c.md", "x/y/c.txt"]),
        ("x/*/c.txt", ["x/y/c.txt"]),
        ("x/*", ["x/b.txt", "x/y/c.md", "x/y/c.txt"]),
        ("x/[ab].txt", ["x/b.txt"]),
        ("x/*.jpg", ["x/d.jpg"]),
    ],
)
def test_patterns(tmp_path: Path, pattern: str, expected: list[str]) -> None:
    fill(tmp_path, ["a.txt", "x/b.txt", "x/y/c.txt", "x/y/c.md", "x/d.jpg"])

    assert sorted(found(tmp_path, str(tmp_path / pattern))) == expected


@pytest.mark.parametrize(
    "asked", ["gone.txt", "gone/*.txt", "gone/**/*.txt", "*.pdf", "a.txt/b", "nul\0.txt"]
)
def test_what_is_not_there_is_not_found(tmp_path: Path, asked: str) -> None:
    fill(tmp_path, ["a.txt"])

    item = failure(str(tmp_path / asked))

    assert (item.kind, item.path, item.retryable) == ("NotFound", str(tmp_path / asked), False)


def test_a_folder_without_readable_files_says_what_is_read(tmp_path: Path) -> None:
    fill(tmp_path, ["a.jpg", "b/c.xyz"])

    item = failure(tmp_path)

    assert item.kind == "NotFound"
    assert ".docx" in item.message and ".mp4" in item.message


def test_a_link_that_leads_nowhere_is_not_found(tmp_path: Path) -> None:
    (tmp_path / "a.txt").symlink_to("gone.txt")

    assert "leads nowhere" in failure(tmp_path / "a.txt").message


def test_a_folder_that_may_not_be_listed_is_told_and_the_rest_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(tmp_path, ["a/x.txt", "b/y.txt"])
    scandir = os.scandir

    def refuse(folder: Path) -> object:
        if Path(folder).name == "a":
            raise PermissionError(13, "Permission denied")
        return scandir(folder)

    monkeypatch.setattr(os, "scandir", refuse)

    told, given = discover([tmp_path])

    assert isinstance(told, Failure) and told.kind == "SourceVanished" and told.retryable
    assert given == Found(tmp_path / "b/y.txt")


def test_files_come_before_the_whole_tree_is_known(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(tmp_path, [f"{n}/a.txt" for n in range(50)])
    listed = []
    scandir = os.scandir
    monkeypatch.setattr(os, "scandir", lambda folder: listed.append(folder) or scandir(folder))

    next(discover([tmp_path]))

    assert len(listed) == 2
