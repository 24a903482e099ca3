"""Make the generated documents of the demo corpus from the texts in ``benchmarks/corpus_texts``.

Run: ``python benchmarks/build_corpus.py``.
The same texts give the same bytes with the same versions of reportlab and python-docx. The tabletop clips
of the corpus are made by ``benchmarks/build_corpus_clips.py``.

A text is a small part of Markdown: ``# title``, ``## heading``, paragraphs with ``*emphasis*``, and tables.
"""

from __future__ import annotations

import html
import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from pathlib import Path

import docx
from reportlab.lib.pagesizes import A4, A5
from reportlab.lib.styles import ParagraphStyle, getSampleStyleSheet
from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate, Spacer

TEXTS = Path(__file__).parent / "corpus_texts"
DOCUMENTS = Path(__file__).parent.parent / "midspan" / "corpus" / "documents"
FORMATS = {
    "adrenal-insufficiency": "docx",
    "albert-einstein": "html",
    "cirrhosis": "pdf",
    "composers": "pdf",
    "desk": "html",
    "heart-failure": "html",
    "hereditary-pancreatitis": "pdf",
    "living-room": "docx",
    "overactive-thyroid": "html",
    "photograph": "pdf",
    "pixar": "html",
    "russell-and-wittgenstein": "docx",
    "sickle-cell-disease": "html",
    "spinal-cord-injury": "docx",
    "steven-spielberg": "pdf",
    "the-beatles": "docx",
}
SEVERAL_PAGES = {"cirrhosis", "composers"}
"""Set on A5 in large type, so that they run over several pages."""
MADE = datetime(2026, 11, 24)


@dataclass(frozen=True)
class Block:
    """A title (level 1), heading (level 2), paragraph (level 0) or table (``rows``)."""

    level: int
    text: str = ""
    rows: tuple[tuple[str, ...], ...] = ()


def parse(markdown: str) -> list[Block]:
    """The blocks of a text, in order."""
    return [_block(chunk) for chunk in re.split(r"\n\s*\n", markdown.strip())]


def _block(chunk: str) -> Block:
    if heading := re.match(r"(#+) (.*)", chunk):
        return Block(len(heading[1]), heading[2])
    if chunk.startswith("|"):
        rows = [tuple(cell.strip() for cell in line.strip("|").split("|")) for line in chunk.splitlines()]
        return Block(0, rows=(rows[0], *rows[2:]))
    return Block(0, " ".join(chunk.split()))


def emphasised(text: str, tag: str) -> str:
    """HTML-escaped text with ``*words*`` inside ``<tag>``."""
    return re.sub(r"\*([^*]+)\*", rf"<{tag}>\1</{tag}>", html.escape(text, quote=False))


def pdf(name: str, blocks: list[Block]) -> bytes:
    large = name in SEVERAL_PAGES
    styles = getSampleStyleSheet()
    body = ParagraphStyle(
        "body", styles["BodyText"], fontSize=13 if large else 11, leading=18 if large else 15
    )
    flow: list[Flowable] = []
    for block in blocks:
        style = body if block.level == 0 else styles[f"Heading{block.level}"]
        flow += [Paragraph(emphasised(block.text, "i"), style), Spacer(1, 6)]
    out = BytesIO()
    page = SimpleDocTemplate(
        out, pagesize=A5 if large else A4, title=blocks[0].text, author="midspan", invariant=1
    )
    page.build(flow)
    return out.getvalue()


def docx_file(name: str, blocks: list[Block]) -> bytes:
    document = docx.Document()
    for block in blocks:
        if block.rows:
            table = document.add_table(rows=0, cols=len(block.rows[0]), style="Table Grid")
            for row in block.rows:
                for cell, text in zip(table.add_row().cells, row, strict=True):
                    cell.text = text.replace("*", "")
        elif block.level:
            document.add_heading(block.text, level=block.level - 1)
        else:
            paragraph = document.add_paragraph()
            for i, part in enumerate(block.text.split("*")):
                paragraph.add_run(part).italic = i % 2 == 1
    properties = document.core_properties
    properties.title, properties.author = blocks[0].text, "midspan"
    properties.created = properties.modified = MADE
    out = BytesIO()
    document.save(out)
    return _with_fixed_dates(out)


def _with_fixed_dates(archive: BytesIO) -> bytes:
    """The same ZIP archive with one date on every member."""
    out = BytesIO()
    with zipfile.ZipFile(archive) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for member in old.infolist():
            info = zipfile.ZipInfo(member.filename, MADE.timetuple()[:6])
            info.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(info, old.read(member))
    return out.getvalue()


def html_page(name: str, blocks: list[Block]) -> bytes:
    """A page with the furniture that readers must drop: scripts, style, navigation and footer."""
    article = "\n".join(_html_block(block) for block in blocks)
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>{html.escape(blocks[0].text)} - midspan demo</title>
<style>body {{ font-family: serif; max-width: 40em; margin: auto; }} nav {{ background: #eee; }}</style>
<script>var visited = {{"page": "{name}", "count": 1}};</script>
</head>
<body>
<nav><ul><li><a href="albert-einstein.html">Physics</a></li><li><a href="pixar.html">Film</a></li>
<li><a href="heart-failure.html">Health</a></li></ul></nav>
<main>
<article>
{article}
</article>
</main>
<script>console.log("This sentence is a script and no text of the page.");</script>
<footer><p>Navigation and footer lines like this one do not belong to the text.</p></footer>
</body>
</html>
""".encode()


def _html_block(block: Block) -> str:
    if block.level:
        return f"<h{block.level}>{emphasised(block.text, 'em')}</h{block.level}>"
    return f"<p>{emphasised(block.text, 'em')}</p>"


WRITERS: dict[str, Callable[[str, list[Block]], bytes]] = {"pdf": pdf, "docx": docx_file, "html": html_page}


def main() -> None:
    for name, kind in FORMATS.items():
        blocks = parse((TEXTS / f"{name}.md").read_text(encoding="utf-8"))
        (DOCUMENTS / f"{name}.{kind}").write_bytes(WRITERS[kind](name, blocks))
        print(f"{name}.{kind}")


if __name__ == "__main__":
    main()
