"""The page: as a browser shows it, as it prints, and to who can't see it."""

from html.parser import HTMLParser
from pathlib import Path

import pytest

from bot.core.report_model import Report, Series
from bot.reports import network, vega
from bot.reports.html_file import to_html
from tests.chromium import chromium, needs_chromium
from tests.hostile import strings
from tests.reports import made


class Page(HTMLParser):
    """The page's elements, each with its attributes, and its words."""

    def __init__(self, report: Report) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.source = to_html(report, "participation").content.decode()
        self.feed(self.source)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


def test_it_needs_nothing_from_elsewhere_and_runs_nothing() -> None:
    page = Page(made.a_report())
    assert not page.all("script") + page.all("link") + page.all("img") + page.all("iframe")
    assert "url(" not in page.source
    assert "@import" not in page.source
    targets = {a["href"] for a in page.all("a")}
    ids = {f"#{own['id']}" for _, own in page.elements if "id" in own}
    assert targets <= ids
    policy = page.all("meta")[2]
    assert policy["content"] == "default-src 'none'; style-src 'unsafe-inline'"


def test_it_can_be_walked_through_by_ear() -> None:
    page = Page(made.a_report())
    assert page.all("html") == [{"lang": "en"}]
    assert [len(page.all(tag)) for tag in ("main", "header", "nav", "h1")] == [1, 1, 1, 1]
    assert len(page.all("caption")) == len(page.all("table"))
    assert {th.get("scope") for th in page.all("th")} == {"col", "row"}
    pictures = [own for _, own in page.elements if own.get("role") == "img"]
    assert len(pictures) == len(page.all("figure")) == 4
    assert all(own["aria-label"] for own in pictures)
    assert len(page.all("details")) == 4, "a table behind every picture"
    for region in (own for _, own in page.elements if own.get("role") == "region"):
        assert region["tabindex"] == "0"
        assert region["aria-label"]
    ids = [own["id"] for _, own in page.elements if "id" in own]
    assert len(ids) == len(set(ids))
    for section in page.all("section"):
        assert section["aria-labelledby"] in ids


def test_every_students_every_column_is_there_once() -> None:
    report = made.a_report()
    page = Page(report)
    heads = [name.replace("_", " ") for name in report.students.names if name != "name"]
    start = page.source.index('id="students"')
    part = page.source[start : page.source.index('id="discussions"')]
    for head in heads:
        assert part.count(f">{head}</th>") == 1, head


def test_it_says_as_of_when_over_what_and_by_which_definitions() -> None:
    words = "".join(Page(made.a_report()).words)
    assert "2026-11-02 10:00:00-05:00 (America/New_York)" in words
    assert "7 September to 2 November 2026, D1 and D2" in words
    assert "version 3" in words


def test_without_the_library_the_words_and_tables_stand_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(vega, "is_installed", lambda: False)
    page = Page(made.a_report())
    assert not page.all("svg") + page.all("figure")
    assert len(page.all("details")) == 4


@pytest.mark.parametrize(
    "report", [made.empty_report(), made.a_report(("A",), (), Series(voices=(3,)))]
)
def test_a_course_that_just_begins_is_a_page_too(report: Report) -> None:
    assert Page(report).all("main")


def test_what_is_too_much_for_a_page_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(network, "PAIRS_MOST", 2)
    page = Page(made.a_report())
    assert "too much for a page; the JSON file of the report has it" in "".join(page.words)
    assert len(page.all("figure")) == 3


def test_hostile_names_are_only_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vega, "is_installed", lambda: False)
    plain = [tag for tag, _ in Page(made.a_report([f"n{n}" for n in range(100)])).elements]
    hostile = [text[:200] for text in strings(count=60)][:100]
    odd = [
        tag for tag, _ in Page(made.a_report([*hostile, *["x"] * (100 - len(hostile))])).elements
    ]
    assert odd == plain


@needs_chromium
async def test_a_browser_shows_and_prints_it(tmp_path: Path) -> None:
    file = tmp_path / "report.html"
    file.write_bytes(to_html(made.a_report(), "report").content)
    async with chromium() as browser:
        page = await browser.new_page(viewport={"width": 900, "height": 700})
        problems: list[str] = []
        page.on("console", lambda message: problems.append(message.text))
        page.on("request", lambda request: problems.append(request.url))
        await page.goto(file.as_uri())
        assert problems == [file.as_uri()], "nothing is asked for but the page"
        assert await page.title() == "Labor & <Legend>: participation"
        assert await page.get_by_role("heading", level=2).all_inner_texts() == [
            "The class", "Activity by day", "Voices", "Who answers whom",
            "Sides before and after", "Students", "Discussions", "Definitions",
        ]  # fmt: skip
        table = page.get_by_role("table", name="Students: volume")
        rows = [await row.inner_text() for row in await table.get_by_role("row").all()]
        assert rows[3].split("\t") == ["Zoë Ünsal-Straße", "200", "220", "0", "0"]
        assert await page.get_by_role("img").count() == 4
        wide = await page.evaluate("document.documentElement.scrollWidth")
        assert wide <= 900, "only tables scroll sideways"
        drawn = page.locator(".picture svg").first
        ground = "getComputedStyle(document.body).backgroundColor"
        light = await page.evaluate(ground)
        await page.emulate_media(color_scheme="dark")
        assert await page.evaluate(ground) != light
        bar = drawn.locator(".mark-rect.role-mark path").first
        fill = await bar.evaluate("bar => getComputedStyle(bar).fill")
        assert fill in ("rgb(217, 138, 69)", "rgb(143, 195, 238)")
        pdf = await page.pdf(prefer_css_page_size=True)
        assert pdf.startswith(b"%PDF")
        assert pdf.count(b"/Type /Page\n") >= 3
