import codecs
from pathlib import Path

import pytest

from midspan.errors import EmptySource, SourceVanished, UnsupportedSource
from midspan.pipelines.readers import text
from midspan.pipelines.readers.extract import Extract

SAMPLE = "The café is naïve – it costs 5 €.\nZweite Größe: Ärger über Öl.\n"


def joined(path: Path) -> str:
    return "".join(extract.text for extract in text.read(path))


@pytest.mark.parametrize(
    ("mark", "codec"),
    [
        (b"", "utf-8"),
        (codecs.BOM_UTF8, "utf-8"),
        (b"", "utf-16-le"),
        (b"", "utf-16-be"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
        (b"", "utf-32-le"),
        (b"", "utf-32-be"),
        (codecs.BOM_UTF32_LE, "utf-32-le"),
        (codecs.BOM_UTF32_BE, "utf-32-be"),
        (b"", "cp1252"),
    ],
)
def test_encodings_are_found(tmp_path: Path, mark: bytes, codec: str) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(mark + SAMPLE.encode(codec))

    assert joined(path) == SAMPLE


def test_latin_1_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes("El niño está aquí.".encode("latin-1"))

    assert joined(path) == "El niño está aquí."


def test_another_alphabet_in_one_byte_is_read(tmp_path: Path) -> None:
    russian = "Почки лежат за брюшиной по обе стороны позвоночника. Левая почка выше правой. " * 4
    path = tmp_path / "a.txt"
    path.write_bytes(russian.encode("cp1251"))

    assert joined(path) == russian


def test_bytes_that_break_late_are_replaced(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    good = "Größe. " * 60_000
    path.write_bytes(good.encode() + b"bad \xff byte")

    assert joined(path) == good + "bad \ufffd byte"


def test_a_character_across_two_blocks_stays_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text, "BLOCK_BYTES", 5)
    path = tmp_path / "a.txt"
    path.write_bytes(("e\u0301\r\n€" * 20).encode())

    assert joined(path) == "é\n€" * 20


def test_stretches_stay_small(tmp_path: Path) -> None:
    path = tmp_path / "one line.txt"
    path.write_bytes(b"word " * 1_000_000)

    sizes = [len(extract.text) for extract in text.read(path)]

    assert sum(sizes) == 5_000_000
    assert max(sizes) <= 300_000


@pytest.mark.parametrize(
    "data",
    [bytes(range(256)) * 40, b"\0" * 1000, b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x03\0>\0"],
    ids=["every byte", "zeros", "a program"],
)
def test_binary_data_is_refused(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(data)

    with pytest.raises(UnsupportedSource, match="looks like binary data"):
        joined(path)


def test_a_stray_nul_becomes_a_replacement_character(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"before\0after " + b"plain words " * 50)

    assert joined(path).startswith("before\ufffdafter plain")


@pytest.mark.parametrize("data", [b"", b" \n\t \n", codecs.BOM_UTF8])
def test_a_file_without_text_is_empty(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(data)

    with pytest.raises(EmptySource):
        joined(path)


def test_a_file_that_is_deleted_meanwhile_has_vanished(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"word " * 1_000_000)
    stretches = text.read(path)
    assert isinstance(next(stretches), Extract)

    path.unlink()

    with pytest.raises(SourceVanished, match="not there"):
        list(stretches)


def test_a_file_that_grows_meanwhile_has_vanished(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"word " * 1_000_000)
    stretches = text.read(path)
    next(stretches)

    with path.open("ab") as file:
        file.write(b"more")

    with pytest.raises(SourceVanished, match="changed while it was read"):
        list(stretches)


def test_a_file_that_is_not_there_has_vanished(tmp_path: Path) -> None:
    with pytest.raises(SourceVanished, match="not there"):
        joined(tmp_path / "gone.txt")
