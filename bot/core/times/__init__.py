"""Times as people type them: when something happens, when a repetition ends, dates to leave out.

A small strict grammar, and behind it dateparser for dates in words of other languages. What is
ambiguous, past or impossible is refused with what to type instead, and never guessed.
"""

from bot.core.times.ends import understand_dates, understand_until
from bot.core.times.models import Until, When
from bot.core.times.when import understand

__all__ = ["Until", "When", "understand", "understand_dates", "understand_until"]
