"""What the documents promise is there."""

import re
from pathlib import Path

import click
import pytest
import typer.main

from midspan.platform.cli import app

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()


def commands(group, prefix=()):
    for name, command in group.commands.items():
        if isinstance(command, click.Group) or hasattr(command, "commands"):
            yield from commands(command, (*prefix, name))
        else:
            yield " ".join((*prefix, name)), command


COMMANDS = dict(commands(typer.main.get_command(app)))


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help_and_is_in_the_readme(name):
    assert COMMANDS[name].help
    assert f"midspan {name}" in README


@pytest.mark.parametrize("name", sorted(set(COMMANDS) - {"worker", "ui", "demo"}))
def test_every_command_that_answers_has_json(name):
    options = {option for parameter in COMMANDS[name].params for option in parameter.opts}
    assert "--json" in options


def test_every_make_target_in_the_readme_exists():
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.M))
    assert set(re.findall(r"make ([a-z-]+)", README)) <= targets


def test_every_path_of_the_annotated_tree_exists():
    tree = re.search(r"```text\n(midspan/.*?)```", README, re.S).group(1)
    stack, checked = [], 0
    for line in tree.splitlines():
        entry = line.split("#")[0].split("  ")
        name = line.strip().split()[0] if line.strip() else ""
        if not name or not entry:
            continue
        depth = (len(line) - len(line.lstrip())) // 2
        stack = [*stack[:depth], name]
        assert (ROOT / "/".join(part.rstrip("/") for part in stack)).exists(), name
        checked += 1
    assert checked > 30


def test_every_link_to_a_file_exists():
    for name in ("README.md", "CONTRIBUTING.md", "NOTICE"):
        for target in re.findall(r"\]\(([^)#:]+)\)", (ROOT / name).read_text()):
            assert (ROOT / target).exists(), f"{name}: {target}"


def test_the_atlas_page_says_what_was_measured():
    page = (ROOT / "docs" / "atlas.md").read_text()
    results = (ROOT / "benchmarks" / "results").glob("atlas*.md")
    measured = [line for result in results for line in result.read_text().splitlines()]
    rows = [line for line in page.splitlines() if "±" in line and line.startswith("|")]
    assert len(rows) >= 5
    assert [row for row in rows if row not in measured] == []
