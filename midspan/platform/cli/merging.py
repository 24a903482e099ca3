"""``midspan kg merge``, ``split``, ``undo`` and ``merges``: which entities of facts are the same."""

from __future__ import annotations

import dataclasses
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from midspan.platform.cli.common import Context, Json, out, plain, print_json

if TYPE_CHECKING:
    from midspan.records import Decision

One = Annotated[str, typer.Argument(help="uid of an entity, as `midspan cypher` shows it.", metavar="ONE")]
Other = Annotated[str, typer.Argument(help="uid of the other; one of the two is in no knowledge graph.")]
Why = Annotated[str, typer.Option(help="The reason, kept with the decision.")]
By = Annotated[str, typer.Option(help="Who decides (default: who runs this).")]


def merge(
    context: typer.Context, one: One, other: Other, why: Why = "", by: By = "", json: Json = False
) -> None:
    """Say that two entities are the same.

    Their facts stay where they are; the graph joins the two by a SAME_AS relation.
    """
    state: Context = context.obj
    with state.workspace() as workspace:
        _tell(workspace.merge(one, other, why=why, by=by), json)


def split(
    context: typer.Context, one: One, other: Other, why: Why = "", by: By = "", json: Json = False
) -> None:
    """Say that two entities are not the same; until that is undone, they are not merged (again)."""
    state: Context = context.obj
    with state.workspace() as workspace:
        _tell(workspace.split(one, other, why=why, by=by), json)


def undo(
    context: typer.Context,
    number: Annotated[int, typer.Argument(help="Of the decision, as `midspan kg merges` shows it.")],
    why: Why = "",
    by: By = "",
    json: Json = False,
) -> None:
    """Take a decision back: the one before it about the same two, if any, holds again."""
    state: Context = context.obj
    with state.workspace() as workspace:
        _tell(workspace.undo_decision(number, why=why, by=by), json)


def merges(
    context: typer.Context,
    uid: Annotated[str | None, typer.Argument(help="Only decisions about this entity.")] = None,
    json: Json = False,
) -> None:
    """List who decided what to be the same or not, the newest first, with what was undone."""
    state: Context = context.obj
    with state.workspace() as workspace:
        decisions = workspace.merges(uid)
    if json:
        print_json({"decisions": [dataclasses.asdict(decision) for decision in decisions]})
        return
    table = Table()
    for column in ("no.", "holds", "decision", "by", "when", "why", "undone"):
        table.add_column(column, overflow="fold")
    for decision in decisions:
        table.add_row(*map(plain, _cells(decision)))
    out.print(table)


def _tell(decision: Decision, json: bool) -> None:
    if json:
        print_json({"decision": dataclasses.asdict(decision)})
        return
    state = "undone" if decision.undone else "holds"
    out.print(plain(f"decision {decision.number}, {state}: {_sentence(decision)}"))


def _sentence(decision: Decision) -> str:
    one, other = (f"{end.name} ({end.uid})" for end in (decision.one, decision.other))
    verb = "is the same as" if decision.verdict == "same" else "is not"
    return f"{one} {verb} {other}"


def _cells(decision: Decision) -> tuple[str, ...]:
    undone = decision.undone
    return (
        str(decision.number),
        "yes" if decision.holds else "",
        _sentence(decision),
        decision.by,
        _moment(decision.at),
        decision.why,
        f"by {undone.by}, {_moment(undone.at)} {undone.why}".rstrip() if undone else "",
    )


def _moment(at: float) -> str:
    return datetime.fromtimestamp(at).astimezone().isoformat(" ", "seconds")
