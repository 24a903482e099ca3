"""Which worker queue a file is for, at a glance."""

import pytest

from midspan.pipelines.readers.detect import likely_kind


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("a.txt", b"words", "document"),
        ("a.MP4", b"", "video"),
        ("film", b"\0\0\0\x18ftypisom" + b"\0" * 64, "video"),
        ("notes", b"words without a suffix", "document"),
        ("empty", b"", "document"),
    ],
)
def test_kind_by_suffix_else_by_first_bytes(tmp_path, name, content, kind):
    path = tmp_path / name
    path.write_bytes(content)
    assert likely_kind(path) == kind


def test_what_is_not_there_is_for_the_documents(tmp_path):
    assert likely_kind(tmp_path / "gone") == "document"
