import zipfile
from collections.abc import Callable
from pathlib import Path

import docx as python_docx
import pytest

from midspan.errors import (
    CorruptSource,
    EmptySource,
    EncryptedDocument,
    UnsafeArchive,
    UnsupportedSource,
)
from midspan.pipelines.readers import docx


def paragraphs(path: Path) -> list[str]:
    return "".join(extract.text for extract in docx.read(path)).strip().split("\n\n")


def test_paragraphs_and_table_rows_come_in_order(tmp_path: Path) -> None:
    path = tmp_path / "a.docx"
    document = python_docx.Document()
    document.add_heading("Where it lies", 1)
    document.add_paragraph("The left kidney ").add_run("lies behind.").bold = True
    table = document.add_table(rows=2, cols=2)
    for index, word in enumerate(["organ", "side", "liver", "right"]):
        table.cell(index // 2, index % 2).text = word
    document.add_paragraph("one\ttwo\nthree")
    document.save(str(path))

    assert paragraphs(path) == [
        "Where it lies",
        "The left kidney lies behind.",
        "organ | side",
        "liver | right",
        "one\ttwo\nthree",
    ]


def test_deleted_text_is_left_out_and_inserted_text_is_in(make_docx: Callable[[str], Path]) -> None:
    path = make_docx(
        "<w:p><w:ins><w:r><w:t>new</w:t></w:r></w:ins>"
        "<w:del><w:r><w:delText>old</w:delText></w:r></w:del></w:p>"
    )

    assert paragraphs(path) == ["new"]


def test_a_table_in_a_table_is_part_of_the_outer_row(make_docx: Callable[[str], Path]) -> None:
    def cell(inside: str) -> str:
        return f"<w:tc>{inside}</w:tc>"

    words = "<w:p><w:r><w:t>{}</w:t></w:r></w:p>"
    inner = f"<w:tbl><w:tr>{cell(words.format('inner'))}</w:tr></w:tbl>"
    path = make_docx(f"<w:tbl><w:tr>{cell(words.format('outer') + inner)}{cell('')}</w:tr></w:tbl>")

    assert paragraphs(path) == ["outer\ninner"]


def test_a_zip_bomb_is_refused_before_it_is_unpacked(make_zip_bomb: Callable[[int], Path]) -> None:
    bomb = make_zip_bomb(80 * 2**20)

    with pytest.raises(UnsafeArchive, match="83,886,080"):
        paragraphs(bomb)


def test_an_archive_that_is_too_large_is_refused(
    make_docx: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(docx, "LARGEST", 100)

    with pytest.raises(UnsafeArchive):
        paragraphs(make_docx("<w:p/>"))


def test_entities_are_not_expanded(tmp_path: Path) -> None:
    path = tmp_path / "a.docx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(
            "word/document.xml",
            '<!DOCTYPE d [<!ENTITY e SYSTEM "file:///etc/passwd"><!ENTITY f "loud">]>'
            '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>'
            "<w:p><w:r><w:t>calm</w:t></w:r><w:r><w:t>&e;&f;</w:t></w:r></w:p></w:body></w:document>",
        )

    assert paragraphs(path) == ["calm"]


@pytest.mark.parametrize("keep", [0.3, 0.9])
def test_a_cut_off_file_is_corrupt(make_docx: Callable[[str], Path], keep: float) -> None:
    path = make_docx("<w:p><w:r><w:t>words</w:t></w:r></w:p>")
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * keep)])

    with pytest.raises(CorruptSource):
        paragraphs(path)


def test_flipped_bytes_are_corrupt(make_docx: Callable[[str], Path]) -> None:
    path = make_docx("".join(f"<w:p><w:r><w:t>words {n}</w:t></w:r></w:p>" for n in range(500)))
    data = bytearray(path.read_bytes())
    data[200:220] = bytes(20)
    path.write_bytes(bytes(data))

    with pytest.raises(CorruptSource):
        paragraphs(path)


def test_a_name_that_is_no_utf_8_is_corrupt(make_docx: Callable[[str], Path]) -> None:
    path = make_docx("<w:p/>")
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("größe", "")
    data = path.read_bytes()
    path.write_bytes(data.replace("größe".encode(), b"gr\xff\xffe12"[: len("größe".encode())]))

    with pytest.raises(CorruptSource):
        paragraphs(path)


def test_broken_xml_is_corrupt(make_docx: Callable[[str], Path]) -> None:
    with pytest.raises(CorruptSource):
        paragraphs(make_docx("<w:p>"))


def test_another_zip_is_no_docx(tmp_path: Path) -> None:
    path = tmp_path / "a.docx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("notes.txt", "words")

    with pytest.raises(UnsupportedSource, match=r"word/document\.xml"):
        paragraphs(path)


def test_an_encrypted_document_says_so(tmp_path: Path) -> None:
    path = tmp_path / "a.docx"
    path.write_bytes(docx.OLE_MAGIC + bytes(2**20 - 20) + "EncryptedPackage".encode("utf-16-le") + bytes(99))

    with pytest.raises(EncryptedDocument, match="without one"):
        paragraphs(path)


def test_an_old_word_file_says_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "a.doc"
    path.write_bytes(docx.OLE_MAGIC + bytes(1000))

    with pytest.raises(UnsupportedSource, match=r"save it as \.docx"):
        paragraphs(path)


def test_a_document_without_text_is_empty(make_docx: Callable[[str], Path]) -> None:
    with pytest.raises(EmptySource):
        paragraphs(make_docx("<w:p/><w:tbl><w:tr><w:tc/></w:tr></w:tbl>"))
