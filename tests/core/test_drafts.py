"""What was typed into a form is kept for a while, and no longer."""

from datetime import timedelta

from bot.core.commands import Form
from bot.core.drafts import Drafts
from tests.world import START


def test_a_draft_is_kept_for_as_long_as_is_valid() -> None:
    drafts = Drafts(timedelta(minutes=15), iter("abc").__next__)
    form = Form("prompt new", (), {"title": "Norms"})
    first = drafts.keep(form, START)
    second = drafts.keep(form, START + timedelta(minutes=10))
    assert drafts.find(first, START + timedelta(minutes=14)) == form
    assert drafts.find(first, START + timedelta(minutes=15)) is None
    assert drafts.find(second, START + timedelta(minutes=15)) == form
    assert "15 minutes" in drafts.lost
