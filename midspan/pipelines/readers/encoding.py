"""Which character encoding some bytes are in, judged by their beginning."""

from __future__ import annotations

import codecs

from charset_normalizer import from_bytes

from midspan.errors import UnsupportedSource

SAMPLE_BYTES = 262_144
"""What encodings are judged by."""
BINARY_SHARE = 0.02
"""Share of control bytes from which bytes are no text; compressed data has about 0.1."""
CLEAR_NON_ASCII = 64
"""Non-ASCII bytes that charset-normalizer needs before its guess beats Windows-1252."""

# UTF-32 first: its little-endian mark begins with that of UTF-16.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_CONTROLS = bytes(byte for byte in range(32) if byte not in b"\t\n\v\f\r\b\x1b") + b"\x7f"


def guess(sample: bytes) -> tuple[str, int]:
    """(codec name, length of the byte order mark) of a text that begins with ``sample``.

    Raises ``UnsupportedSource`` for what looks like binary data. A byte order mark decides; then the
    pattern of NULs (UTF-16 and UTF-32); then whether it is valid UTF-8; then statistics.
    """
    for mark, codec in _MARKS:
        if sample.startswith(mark):
            return codec, len(mark)
    wide = _wide_codec(sample)
    if wide:
        return wide, 0
    if looks_binary(sample):
        raise UnsupportedSource(
            "looks like binary data, expected text; give the file the suffix of its real format"
        )
    if _is_utf8(sample):
        return "utf-8", 0
    return _single_byte_codec(sample), 0


def looks_binary(sample: bytes) -> bool:
    """Whether too many bytes are control characters; for what is neither UTF-16 nor UTF-32."""
    return bool(sample) and _count(sample, _CONTROLS) / len(sample) > BINARY_SHARE


def _wide_codec(sample: bytes) -> str | None:
    """UTF-16 or UTF-32 without a mark: text has its zero bytes at every second or at three of four."""
    if len(sample) < 4 or 0 not in sample:
        return None
    for codec, step, zeros, filled in (
        ("utf-32-le", 4, (2, 3), 0),
        ("utf-32-be", 4, (0, 1), 3),
        ("utf-16-le", 2, (1,), 0),
        ("utf-16-be", 2, (0,), 1),
    ):
        units = len(sample) // step
        if (
            all(sample[place::step][:units].count(0) > 0.4 * units for place in zeros)
            and sample[filled::step].count(0) < 0.02 * units
            and _decodes(sample[: units * step], codec)
        ):
            return codec
    return None


def _decodes(data: bytes, codec: str) -> bool:
    """Whether it decodes, but for a character cut off at the end, and to text without control characters."""
    try:
        text = codecs.getincrementaldecoder(codec)("strict").decode(data)
    except UnicodeDecodeError:
        return False
    return not looks_binary(text[:4096].encode("utf-8", "replace"))


def _is_utf8(sample: bytes) -> bool:
    try:
        codecs.getincrementaldecoder("utf-8")("strict").decode(sample)
    except UnicodeDecodeError:
        return False
    return True


def _single_byte_codec(sample: bytes) -> str:
    if len(sample) - _count(sample, bytes(range(128))) >= CLEAR_NON_ASCII:
        best = from_bytes(sample[:65_536]).best()
        if best is not None:
            return best.encoding
    try:
        sample.decode("cp1252")
    except UnicodeDecodeError:
        return "latin-1"
    return "cp1252"


def _count(sample: bytes, wanted: bytes) -> int:
    return len(sample) - len(sample.translate(None, wanted))
