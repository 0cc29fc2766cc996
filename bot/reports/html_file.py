"""A report as one HTML file: nothing is loaded, nothing runs, and it reads the same on paper, on a
dark screen and to a screen reader. Behind each picture stands its table.

Single messages are left to the other formats: a page with all of a term's would open nowhere, and
this is the one that is printed and passed on, where who wrote when, with a link to each message, is
more than its readers need. Whoever has to defend a figure has `why`, and the workbook.
"""

import logging
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from html import escape

from bot.core.commands import File
from bot.core.provenance import facts_about
from bot.core.report_model import Cell, Column, Kind, Report, Row, Sheet
from bot.reports import drawings, vega
from bot.reports.html_style import STYLE

log = logging.getLogger(__name__)

GROUPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("Taking part", (
        "member", "section", "discussions_open", "excused", "discussions_joined", "posts",
        "replies", "replies_inferred", "active_days")),
    ("When", ("hours_to_first", "on_time", "first", "last", "left")),
    ("Dialogue", (
        "peers_root", "peers_thread", "peers_named", "replies_received", "answered_by",
        "reactions_given", "reactions_received")),
    ("Evidence and sides", (
        "facts_cited", "facts", "links", "sources_linked", "sides", "side_changes")),
    ("Volume", ("words", "words_raw", "characters", "attachments")),
)  # fmt: skip
"""The students' columns in tables that fit on a sheet of paper; others come last."""

OTHERS = "More"
_NUMBERS = {Kind.COUNT, Kind.NUMBER}


def to_html(report: Report, name: str) -> File:
    page = "".join(_page(report)).replace("\0", "\ufffd")
    return File(f"{name}.html", "text/html", page.encode("utf-8", "replace"))


def _page(report: Report) -> Iterator[str]:
    title = f"{report.course}: participation"
    pictures = drawings.of(report)
    sections = [("class", "The class")]
    sections += [(drawing.key, drawing.title) for drawing in pictures]
    sections += [("students", "Students"), ("discussions", "Discussions")]
    sections.append(("definitions", "Definitions"))
    yield _head(title)
    yield f'<header><h1 dir="auto">{_text(title)}</h1>{_facts(report)}</header>\n'
    links = (f'<li><a href="#{key}">{_text(words)}</a></li>' for key, words in sections)
    yield f'<nav aria-label="Contents"><ul>{"".join(links)}</ul></nav>\n<main id="main">\n'
    yield _section("class", "The class", _class(report))
    for drawing, drawn in zip(pictures, _drawn(pictures), strict=True):
        yield _section(drawing.key, drawing.title, _picture(drawing, drawn))
    if not any(drawing.key == "answers" for drawing in pictures) and any(report.series.edges):
        yield "<p>Who answers whom is too much for a page; the JSON file of the report has it.</p>"
    yield _section("students", "Students", _students(report.students))
    yield _section("discussions", "Discussions", _discussions(report))
    yield _section("definitions", "Definitions", _definitions(report))
    yield "</main>\n</body>\n</html>\n"


def _head(title: str) -> str:
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\';'
        " style-src 'unsafe-inline'\">\n"
        '<meta name="color-scheme" content="light dark">\n'
        f"<title>{_text(title)}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n"
        '<a class="skip" href="#main">To the content</a>\n'
    )


def _section(key: str, title: str, parts: Iterable[str]) -> str:
    heading = f'<h2 id="{key}-title">{title}</h2>'
    body = "".join(parts)
    return f'<section id="{key}" aria-labelledby="{key}-title">{heading}{body}</section>\n'


def _facts(report: Report) -> str:
    pairs = (
        f'<div><dt>{label}</dt><dd dir="auto">{_text(words)}</dd></div>'
        for label, words in facts_about(report)
    )
    return f"<dl>{''.join(pairs)}</dl>"


def _class(report: Report) -> Iterator[str]:
    if not report.class_figures:
        yield "<p>There are no figures of the class as a whole.</p>"
        return
    columns = (
        Column("figure", Kind.TEXT, ""),
        Column("value", Kind.NUMBER, ""),
        Column("meaning", Kind.TEXT, ""),
    )
    rows = [(_words(f.name), f.value, f.sentence) for f in report.class_figures]
    yield _table("Figures of the class as a whole", columns, rows)


def _drawn(pictures: Sequence[drawings.Drawing]) -> Sequence[str | None]:
    """The pictures; None where nothing draws them, or that fails: their words say it all."""
    if vega.is_installed():
        try:
            return vega.to_svg([drawing.spec for drawing in pictures])
        except vega.NotDrawn as problem:
            log.warning("a report is without its pictures", exc_info=problem)
    return [None] * len(pictures)


def _picture(drawing: drawings.Drawing, drawn: str | None) -> Iterator[str]:
    alt = _text(drawing.alt)
    if drawn is not None:
        yield f'<figure><div class="picture" role="img" aria-label="{alt}">{drawn}</div>'
        yield f'<figcaption dir="auto">{alt}</figcaption></figure>'
    else:
        yield f'<p dir="auto">{alt}</p>'
    # Numbers begin after the words that say whose they are.
    kinds = [Kind.COUNT if isinstance(c, int) else Kind.TEXT for c in drawing.rows[0]]
    columns = [Column(n, kind, "") for n, kind in zip(drawing.head, kinds, strict=True)]
    table = _table(f"{drawing.title}: the figures", columns, drawing.rows)
    yield f"<details open><summary>The figures behind the picture</summary>{table}</details>"


def _students(sheet: Sheet) -> Iterator[str]:
    rows = list(sheet.rows)
    if not rows:
        yield "<p>There are no students yet.</p>"
        return
    named = {name for _, names in GROUPS for name in (*names, "name")}
    others = (OTHERS, tuple(name for name in sheet.names if name not in named))
    places = {name: place for place, name in enumerate(sheet.names)}
    for title, names in (*GROUPS, others):
        shown = [places["name"], *(places[name] for name in names if name in places)]
        if len(shown) > 1:
            columns = [sheet.columns[place] for place in shown]
            cells = [tuple(row[place] for place in shown) for row in rows]
            yield f"<h3>{title}</h3>{_table(f'Students: {title.lower()}', columns, cells)}"


def _discussions(report: Report) -> Iterator[str]:
    if report.discussions.count:
        yield _table("Discussions", report.discussions.columns, report.discussions.rows)
    else:
        yield "<p>There are no discussions yet.</p>"
    if report.replies.count:
        yield (
            f"<p>The {report.replies.count} single messages, and why each counts or does not, stand"
            " in the Excel and JSON files of the report.</p>"
        )


def _definitions(report: Report) -> Iterator[str]:
    yield f"<p>Version {_text(report.version)}.</p><dl>"
    for one in report.definitions:
        yield f"<div><dt>{_text(_words(one.name))}</dt><dd>{_text(one.sentence)}</dd></div>"
    yield "</dl>"


def _table(caption: str, columns: Sequence[Column], rows: Iterable[Row]) -> str:
    """A table that can be scrolled by itself, also with the keys alone."""
    heads = "".join(
        f'<th scope="col"{_class_of(column)}>{_text(_words(column.name))}</th>'
        for column in columns
    )
    body = "".join(_row(columns, row) for row in rows)
    label = _text(caption)
    return (
        f'<div class="wide" role="region" tabindex="0" aria-label="{label}"><table>'
        f"<caption>{label}</caption><thead><tr>{heads}</tr></thead><tbody>{body}</tbody>"
        "</table></div>"
    )


def _row(columns: Sequence[Column], row: Row) -> str:
    first = f'<th scope="row" dir="auto">{_cell(columns[0], row[0])}</th>'
    rest = "".join(
        f'<td{_class_of(column)} dir="auto">{_cell(column, value)}</td>'
        for column, value in zip(columns[1:], row[1:], strict=True)
    )
    return f"<tr>{first}{rest}</tr>"


def _class_of(column: Column) -> str:
    return ' class="n"' if column.kind in _NUMBERS else ""


def _cell(column: Column, value: Cell) -> str:
    match value:
        case None:
            return ""
        case datetime():
            shown = value.strftime("%Y-%m-%d %H:%M")
            return f'<time datetime="{value.isoformat(timespec="milliseconds")}">{shown}</time>'
        case float():
            return f"{value:.2f}"
        case _:
            return _text(str(value))


def _words(name: str) -> str:
    return name.replace("_", " ")


def _text(typed: str) -> str:
    return escape(typed)
