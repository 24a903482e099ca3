"""Bad input, each a real file: the item fails with words that say what to do, the rest goes on."""

import io
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import zipfile
from pathlib import Path

import av
import numpy as np
import pikepdf
import pytest
from reportlab.pdfgen.canvas import Canvas

from benchmarks import bombs
from midspan import Workspace
from midspan.errors import NewerSchema, StoreUnavailable
from midspan.models.registry import all_models


def pdf(text="A page about the heart."):
    data = io.BytesIO()
    canvas = Canvas(data)
    if text:
        canvas.drawString(72, 720, text)
    canvas.showPage()
    canvas.save()
    return data.getvalue()


def encrypted_pdf():
    data = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf())) as document:
        document.save(data, encryption=pikepdf.Encryption(owner="o", user="u"))
    return data.getvalue()


def zip_bomb():
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        with archive.open("word/document.xml", "w", force_zip64=True) as member:
            for _ in range(80):
                member.write(bytes(8 << 20))
    return data.getvalue()


def movie(frames, *, audio_only=False):
    data = io.BytesIO()
    with av.open(data, "w", format="mp4") as container:
        if audio_only:
            stream = container.add_stream("aac", rate=8000)
            stream.layout = "mono"
            frame = av.AudioFrame.from_ndarray(np.zeros((1, 8000), np.float32), "fltp", "mono")
            frame.sample_rate = 8000
            container.mux(stream.encode(frame))
        else:
            stream = container.add_stream("libx264", rate=10)
            stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
            for number in range(frames):
                picture = np.full((48, 64, 3), (number * 3) % 255, np.uint8)
                container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        container.mux(stream.encode(None))
    return data.getvalue()


def truncated_movie():
    whole = movie(200)
    return whole[: len(whole) // 2]


BROKEN = {
    "empty.txt": (b"", "EmptySource", "nothing to read"),
    "binary.txt": (bytes(range(256)) * 64, "UnsupportedSource", "binary"),
    "broken.pdf": (pdf()[:60] + b"garbage", "CorruptSource", ""),
    "locked.pdf": (encrypted_pdf(), "EncryptedDocument", "password"),
    "scan.pdf": (pdf(""), "EmptySource", "OCR"),
    "bomb.docx": (zip_bomb(), "UnsafeArchive", ""),
    "sound.mp4": (movie(0, audio_only=True), "UnsupportedSource", "no video stream"),
    "cut.mp4": (truncated_movie(), "CorruptSource", ""),
}


@pytest.fixture(scope="module")
def mixed(tmp_path_factory):
    """One ingest of every broken file among good ones: (folder, report, workspace folder)."""
    folder = tmp_path_factory.mktemp("mixed")
    for name, (data, _, _) in BROKEN.items():
        (folder / name).write_bytes(data)
    (folder / "good.txt").write_text("The heart is a muscle.")
    (folder / "utf16.txt").write_text("Der Fluß Donau fließt durch Wien.", encoding="utf-16")
    (folder / "latin1.txt").write_bytes("Café Müller liegt am Rhein, nahe der Brücke.".encode("latin-1"))
    (folder / "one-frame.mp4").write_bytes(movie(1))
    (folder / "with space\nand line.txt").write_text("A name with a line break.")
    (folder / "名前.txt").write_text("A name in Japanese.")
    (folder / "page.html").write_text(
        "<html><body><script>var secret = 'hidden';</script><p>A visible sentence.</p></body></html>"
    )
    (folder / "loop").symlink_to(folder)
    raw = os.fsencode(folder) + b"/raw-\xff.txt"
    with open(raw, "wb") as file:  # noqa: PTH123 - a name that is no text
        file.write(b"A name that is no UTF-8.")
    workspace = tmp_path_factory.mktemp("workspace") / "w"
    with Workspace.open(workspace) as opened:
        report = opened.ingest([folder])
    return folder, report, workspace


GOOD = 8


def test_everything_readable_among_the_broken_is_read(mixed):
    _, report, _ = mixed
    assert report.new == GOOD
    assert report.failed == len(BROKEN)
    assert not report.ok


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_file_fails_with_its_reason(mixed, name):
    folder, report, _ = mixed
    [failure] = [f for f in report.failures if f.path == str(folder / name)]
    assert failure.stage == "reading"
    assert failure.kind == BROKEN[name][1]
    assert BROKEN[name][2] in failure.message
    assert not failure.retryable


def test_nothing_of_a_broken_file_remains(mixed):
    _, _, workspace = mixed
    with Workspace.open(workspace, create=False) as opened:
        titles = {summary.source.title for summary in opened.sources()}
        assert titles.isdisjoint(BROKEN)
        assert opened.counts()["source"] == GOOD
        assert all(summary.complete for summary in opened.sources())
        stores = [check for check in opened.doctor().checks if check.name in ("stores", "outbox")]
        assert all(check.ok for check in stores), stores


@pytest.mark.parametrize("word", ["Donau", "Müller", "Japanese", "visible", "break"])
def test_odd_encodings_and_names_are_found(mixed, word):
    with Workspace.open(mixed[2], create=False) as opened:
        assert any(word in hit.text for hit in opened.search(word).hits)


def test_scripts_are_not_text(mixed):
    with Workspace.open(mixed[2], create=False) as opened:
        assert not any("secret" in hit.text for hit in opened.search("secret hidden").hits)


def test_a_folder_without_readable_files_says_what_is_read(fresh, tmp_path):
    folder = tmp_path / "pictures"
    folder.mkdir()
    (folder / "cat.jpeg").write_bytes(b"\xff\xd8\xff")
    report = fresh.ingest([folder], stages=["none"])
    [failure] = report.failures
    assert ".pdf" in failure.message
    assert not report.ok


def test_a_missing_path_fails_and_the_rest_goes_on(fresh, documents):
    report = fresh.ingest([documents / "nowhere.txt", documents], stages=["none"])
    assert report.new == 4
    assert [failure.kind for failure in report.failures] == ["NotFound"]


def test_a_file_that_vanishes_meanwhile_is_worth_a_retry(fresh, documents, monkeypatch):
    from midspan.platform import runner

    discover = runner.discover

    def vanish(paths, **options):
        found = list(discover(paths, **options))
        (documents / "kidney.md").unlink()
        yield from found

    monkeypatch.setattr(runner, "discover", vanish)
    report = fresh.ingest([documents], stages=["none"])
    assert report.new == 3
    [failure] = report.failures
    assert (failure.kind, failure.retryable) == ("SourceVanished", True)


@pytest.mark.slow
def test_fifty_megabytes_in_one_line(fresh, tmp_path):
    path = tmp_path / "line.txt"
    path.write_text("word " * 10_000_000)
    report = fresh.ingest([path])
    assert report.ok
    assert report.segments >= 50_000
    assert fresh.search("word", limit=1).hits[0].kind == "fragment"


def test_a_read_only_workspace_searches_but_does_not_ingest(ingested, documents, tmp_path):
    folder = tmp_path / "sealed"
    shutil.copytree(ingested[0], folder)
    code = (
        "import sys\nfrom midspan import Workspace\nfrom midspan.errors import ReadOnlyWorkspace\n"
        "with Workspace.open(sys.argv[1]) as w:\n"
        "    assert w.read_only\n"
        "    assert w.search('polonium').hits\n"
        "    try:\n        w.ingest([sys.argv[2]])\n"
        "    except ReadOnlyWorkspace as error:\n        print(error)\n"
    )
    folder.chmod(0o555)
    for path in folder.rglob("*"):
        path.chmod(0o555 if path.is_dir() else 0o444)
    command = [sys.executable, "-c", code, str(folder), str(documents)]
    if os.getuid() == 0:  # root may write anywhere, unless it gives that up
        power = "-dac_override,-dac_read_search"
        command = ["setpriv", f"--bounding-set={power}", f"--inh-caps={power}", *command]
    done = subprocess.run(command, capture_output=True, text=True, cwd="/", check=False)
    assert done.returncode == 0, done.stderr
    assert "choose another" in done.stdout


def test_a_workspace_of_a_newer_version_is_refused(fresh, tmp_path):
    fresh.counts()
    fresh.close()
    with sqlite3.connect(tmp_path / "workspace" / "midspan.db") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    with pytest.raises(NewerSchema, match="newer midspan"):
        Workspace.open(tmp_path / "workspace")


@pytest.fixture
def small_disk(tmp_path):
    """A folder on a file system of 4 MB of its own."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", folder], capture_output=True, check=False
    )
    if mounted.returncode != 0:
        pytest.skip("mounting a small file system needs root")
    yield folder
    subprocess.run(["umount", "-l", folder], check=True)


def test_a_full_disk_ends_the_ingest_with_words_and_no_harm(small_disk, tmp_path):
    source = tmp_path / "long.txt"
    source.write_text("\n".join(f"Sentence number {n} fills the disk." for n in range(60_000)))
    (tmp_path / "short.txt").write_text("A short text about the Danube.")
    with Workspace.open(small_disk / "workspace") as workspace:
        workspace.ingest([tmp_path / "short.txt"], stages=["none"])
        before = workspace.counts()
        with pytest.raises(StoreUnavailable, match=r"(?i)space|full"):
            workspace.ingest([source], stages=["none"])
    with Workspace.open(small_disk / "workspace") as workspace:
        assert workspace.search("Danube").hits
        assert workspace.counts()["source"] >= before["source"]
        workspace.parts.store.text(workspace.sources()[0].source.id, 0, 10)
    subprocess.run(["mount", "-o", "remount,size=64m", small_disk], check=True)
    with Workspace.open(small_disk / "workspace") as workspace:
        report = workspace.ingest([source], stages=["none"])
        assert report.ok
        assert workspace.sources(contains="long.txt")[0].segments == 60_000


def test_the_doctor_counts_the_rest_while_the_graph_server_is_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MIDSPAN_GRAPH_URL", "bolt://somebody:hunter2@127.0.0.1:9/")
    monkeypatch.setattr("midspan.db.graph.neo4j_driver.RETRY_SECONDS", 0.5)
    with Workspace.open(tmp_path / "w") as workspace:
        diagnosis = workspace.doctor()
    stores = next(check for check in diagnosis.checks if check.name == "stores")
    assert not stores.ok
    assert "the graph was not counted" in stores.detail
    assert "hunter2" not in stores.detail
    assert set(diagnosis.counts["vectors"]) == {"text", "passage", "visual", "event"}


def test_the_doctor_checks_every_model_that_has_files(tmp_path: Path) -> None:
    with Workspace.open(tmp_path / "w") as workspace:
        models = next(check for check in workspace.doctor().checks if check.name == "models")
    assert models.ok
    assert [name for name, model in all_models().items() if model.bytes and name not in models.detail] == []


def test_at_the_command_line_a_file_that_takes_all_memory_fails_alone(
    command, documents, tmp_path, monkeypatch
):
    """In the foreground, with the limit that the environment sets."""
    monkeypatch.setenv("MIDSPAN_READ_MEMORY_MB", "128")
    (documents / "bomb.pdf").write_bytes(bombs.one_page(bombs.packed(160, b" ")))
    workspace = tmp_path / "workspace"
    code, out, _ = command("--workspace", workspace, "ingest", documents, "--stage", "none", "--json")
    answer = json.loads(out)
    assert code == 1
    assert (answer["sources"]["new"], answer["sources"]["failed"]) == (4, 1)
    [failure] = answer["failures"]
    assert (Path(failure["path"]).name, failure["kind"]) == ("bomb.pdf", "ReadingLimit")
    assert "more than 128 MB of memory" in failure["message"]
    assert "MIDSPAN_READ_MEMORY_MB" in failure["message"]
