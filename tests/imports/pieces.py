"""What archived texts are made of in these tests: pieces, each with how many words it has by the
counting rules, so that a text's words are known without counting them."""

from collections.abc import Sequence

from hypothesis import strategies as st

Piece = tuple[str, int]

COMMON: tuple[Piece, ...] = (
    ("kulaks", 1),
    ("one two", 2),
    ("=SUM(A1)", 1),
    ("Стаханов", 1),
    ("斯达汉诺夫", 1),
    ("10:30:45", 1),
    ("—", 0),
    ("½", 0),
    (":tada:", 0),
    ("`a b`", 0),
    ("```some code\nin lines```", 0),
    ("https://example.org/a?b=c", 0),
    ("65%", 1),
    ("\n", 0),
)
SLACK: tuple[Piece, ...] = (
    ("&lt;b&gt;", 1),
    ("R&amp;D", 1),
    ("&amp;", 0),
    ("<https://example.org/x|two words>", 2),
    ("<https://example.org/y>", 0),
    ("<mailto:ada@example.org|ada@example.org>", 1),
    ("<#C1|history>", 0),
    ("<!here>", 0),
    ("<https://files.example.org/f?t=xoxe-123-abc>", 0),
    ("3 &lt; 4", 2),
)


def texts(pieces: Sequence[Piece]) -> st.SearchStrategy[list[Piece]]:
    return st.lists(st.sampled_from(pieces), max_size=6)


def joined(pieces: Sequence[Piece]) -> Piece:
    return " ".join(text for text, _ in pieces), sum(words for _, words in pieces)
