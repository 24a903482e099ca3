"""A small real workspace for the tests of the verbs."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from midspan import Workspace
from midspan.db.graph_store import GraphStore
from midspan.db.vector_index import VectorIndex
from midspan.platform.answers import IngestReport
from midspan.platform.cli import main
from tests.platform.machines import Boot, Machine

TEXTS = {
    "curie.txt": (
        "Marie Curie was born in Warsaw. Albert Einstein worked at Princeton University.\n\n"
        "She discovered polonium and radium."
    ),
    "kidney.md": (
        "# Kidney stones\n\nA stone in the left kidney causes severe pain in the back.\n\n"
        "There was no disease of the liver. Drinking water helps.\n"
    ),
    "table.txt": "The cup stands to the left of the lamp. A cat sits under the table.\n",
    "page.html": (
        "<html><head><title>Vienna</title><script>alert('no')</script></head>"
        "<body><article><h1>Vienna</h1><p>Vienna is the capital of Austria. "
        "The city lies on the Danube.</p></article></body></html>"
    ),
}


def write_texts(folder: Path) -> Path:
    """The documents above, as files."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in TEXTS.items():
        (folder / name).write_text(text)
    return folder


@pytest.fixture(scope="session")
def ingested(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, IngestReport]:
    """(workspace folder, documents folder, report) of one real ingest; not to be written to."""
    documents = write_texts(tmp_path_factory.mktemp("ingested") / "documents")
    folder = documents.parent / "workspace"
    with Workspace.open(folder) as workspace:
        report = workspace.ingest([documents])
    return folder, documents, report


@pytest.fixture
def texts() -> dict[str, str]:
    """File names and what is in them."""
    return dict(TEXTS)


@pytest.fixture
def documents(tmp_path: Path) -> Path:
    """A folder of those files that a test may change."""
    return write_texts(tmp_path / "documents")


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Workspace]:
    """An empty workspace that a test may fill."""
    with Workspace.open(tmp_path / "workspace") as opened:
        yield opened


@pytest.fixture
def workspace(ingested: tuple[Path, Path, IngestReport]) -> Iterator[Workspace]:
    with Workspace.open(ingested[0], create=False) as opened:
        yield opened


Command = Callable[..., "tuple[int, str, str]"]


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """``midspan`` by its entry point, in this process: (exit code, standard output, standard error)."""

    def call(*arguments: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["midspan", *map(str, arguments)])
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main()
        said = capsys.readouterr()
        return int(ended.value.code or 0), said.out, said.err

    return call


@pytest.fixture
def machine(tmp_path: Path, record_store_url: str) -> Iterator[Boot]:
    """Makes machines that share one record store."""
    made: list[Machine] = []

    def boot(
        name: str = "a",
        graph: GraphStore | None = None,
        vectors: Callable[[str], VectorIndex] | None = None,
    ) -> Machine:
        made.append(Machine(tmp_path / name, record_store_url, name, graph, vectors))
        return made[-1]

    yield boot
    for each in made:
        each.close()
