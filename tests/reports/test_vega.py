"""What draws runs in a process of its own: the library lets nothing else run in its own."""

import sys
from pathlib import Path

import pytest

from bot.reports import vega
from bot.reports.html_file import to_html
from tests.reports import made

SPEC = {
    "config": dict(vega.CONFIG),
    "data": {"values": [{"n": 1, "name": "Zoë 日本"}]},
    "mark": "text",
    "encoding": {"text": {"field": "name"}},
}


def test_nothing_is_drawn_in_the_process_of_the_bot(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "vl_convert", None)  # an import would fail
    first, second = vega.to_svg([SPEC, {**SPEC, "mark": "point"}])
    assert "Zoë 日本" in first
    assert "Zoë 日本" not in second
    assert vega.to_png([SPEC])[0].startswith(b"\x89PNG")


def test_nothing_is_begun_for_no_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vega, "DRAWER", Path("nowhere"))
    assert not vega.to_png([])
    assert not vega.to_svg([])


@pytest.mark.parametrize(
    ("program", "how"),
    [
        ("import os; os._exit(7)", "7"),
        ("raise ValueError('Ada')", "1"),
        ("print('no JSON')", "JSONDecodeError"),
        ("import time; time.sleep(60)", "TimeoutExpired"),
    ],
)
def test_a_drawer_that_dies_is_one_sentence_and_no_name(
    program: str, how: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawer = tmp_path / "drawer.py"
    drawer.write_text(program, "utf-8")
    monkeypatch.setattr(vega, "DRAWER", drawer)
    monkeypatch.setattr(vega, "PATIENCE", 1 if "sleep" in program else vega.PATIENCE)
    with pytest.raises(vega.NotDrawn) as told:
        vega.to_png([SPEC])
    assert str(told.value) == f"The pictures could not be drawn: the drawer ended with {how}."


def test_a_page_whose_pictures_fail_has_their_words_and_tables(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(vega, "DRAWER", tmp_path / "gone.py")
    page = to_html(made.a_report(), "report").content.decode()
    assert "<svg" not in page
    assert page.count("<details") == 4
    assert "a report is without its pictures" in caplog.text
