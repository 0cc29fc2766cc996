"""Citations read as a style guide would have them, and state nothing that the pack does not."""

from dataclasses import replace
from pathlib import Path

import pytest

from prompts.loader import load
from prompts.models import Citation, Locator, Name, Pack, Source, SourceKind
from prompts.styles import Guide, Run, Runs, bibliography, cite, to_text

SOVIET_LABOR = Path(__file__).parents[2] / "seeds" / "soviet-labor"
POST = "Soviet Shock Workers and Stakhavonites"
BOOK = "Stakhanovism and the Politics of Productivity in the USSR, 1935–1941"
IN_APA = (
    "Siegelbaum, L. H. (1988). *Stakhanovism and the politics of productivity in the USSR,"
    " 1935–1941*. Cambridge University Press."
)
PLACES = (Locator("x", "chapter 3"), Locator("y", "pages 12-14"), Locator("z", "the last table"))


@pytest.fixture(scope="module")
def pack() -> Pack:
    loaded = load(SOVIET_LABOR)
    sources = tuple(
        replace(source, locators=PLACES) if source.id == "siegelbaum" else source
        for source in loaded.sources
    )
    return replace(loaded, sources=sources)


def marked(runs: Runs) -> str:
    return "".join(f"*{run.text}*" if run.italic else run.text for run in runs)


@pytest.mark.parametrize(
    ("guide", "source", "locator", "in_text", "entry"),
    [
        (Guide.CHICAGO, "blog", "p2", f"“{POST},” blog post, n.d., para. 2.",
         f"“{POST}.” Blog post. n.d."),
        (Guide.CHICAGO, "blog", "k1", f"“{POST},” blog post, n.d., first caption.",
         f"“{POST}.” Blog post. n.d."),
        (Guide.CHICAGO, "comments", "c3", f"Comment on “{POST},” n.d., comment 3.", ""),
        (Guide.CHICAGO, "essay", "p3", "Essay on the Stakhanovite movement, n.d., para. 3.",
         "Essay on the Stakhanovite movement. n.d."),
        (Guide.CHICAGO, "siegelbaum", "x",
         f"Lewis H. Siegelbaum, *{BOOK}* (Cambridge University Press, 1988), chap. 3.",
         f"Siegelbaum, Lewis H. *{BOOK}*. Cambridge University Press, 1988."),
        (Guide.CHICAGO, "siegelbaum", "y",
         f"Lewis H. Siegelbaum, *{BOOK}* (Cambridge University Press, 1988), 12–14.",
         f"Siegelbaum, Lewis H. *{BOOK}*. Cambridge University Press, 1988."),
        (Guide.MLA, "blog", "p2", f"(“{POST},” par. 2)", f"“{POST}.” Blog post."),
        (Guide.MLA, "comments", "c2.1", f"(Comment on “{POST},” first answer to comment 2)",
         f"Comment on “{POST}.”"),
        (Guide.MLA, "essay", "p3", "(Essay on the Stakhanovite movement, par. 3)",
         "Essay on the Stakhanovite movement."),
        (Guide.MLA, "siegelbaum", "x", "(Siegelbaum, ch. 3)",
         f"Siegelbaum, Lewis H. *{BOOK}*. Cambridge University Press, 1988."),
        (Guide.MLA, "siegelbaum", "y", "(Siegelbaum 12–14)",
         f"Siegelbaum, Lewis H. *{BOOK}*. Cambridge University Press, 1988."),
        (Guide.APA, "blog", "k2", f"(*{POST}*, n.d., second caption)",
         "*Soviet shock workers and Stakhavonites*. (n.d.). [Blog post]."),
        (Guide.APA, "comments", "c3",
         "([Comment on the blog post “Soviet shock workers and Stakhavonites”], n.d., comment 3)",
         "[Comment on the blog post “Soviet shock workers and Stakhavonites”]. (n.d.)."),
        (Guide.APA, "essay", "p3", "([Essay on the Stakhanovite movement], n.d., para. 3)",
         "[Essay on the Stakhanovite movement]. (n.d.)."),
        (Guide.APA, "siegelbaum", "x", "(Siegelbaum, 1988, Chapter 3)",
         IN_APA),
        (Guide.APA, "siegelbaum", "y", "(Siegelbaum, 1988, pp. 12–14)",
         IN_APA),
    ],
)  # fmt: skip
def test_the_sources_of_soviet_labor(
    pack: Pack, guide: Guide, source: str, locator: str, in_text: str, entry: str
) -> None:
    formatted = cite(Citation(source, locator, ()), pack, guide)

    assert marked(formatted.in_text) == in_text
    assert marked(formatted.entry) == entry


def test_the_list_stands_in_the_alphabet_whatever_an_entry_begins_with(pack: Pack) -> None:
    asked = ["siegelbaum", "blog", "essay", "comments", "blog"]
    for guide in Guide:
        found = [source for source, _ in bibliography(asked, pack, guide)]
        assert found == ["comments", "essay", "siegelbaum", "blog"]
    assert bibliography([], pack, Guide.MLA) == ()


def test_a_post_that_states_everything() -> None:
    full = Source(
        "full",
        "post-weblog",
        "Who Were the 'Old' Kulaks?",
        SourceKind.BLOG,
        (Name("Smith", "Ann Mary"),),
        container_title="Red & Black",
        issued="2012-03-04",
        url="https://example.org/a?b=1&c=2",
        locators=PLACES,
    )
    pack = Pack("p", "P", "P.", (full,), (), ())
    where = Citation("full", "z", ())

    forms = {guide: cite(where, pack, guide) for guide in Guide}

    assert marked(forms[Guide.CHICAGO].in_text) == (
        "Ann Mary Smith, “Who Were the ‘Old’ Kulaks?,” *Red & Black*, March 4, 2012, last table,"
        " https://example.org/a?b=1&c=2."
    )
    assert marked(forms[Guide.MLA].entry) == (
        "Smith, Ann Mary. “Who Were the ‘Old’ Kulaks?” *Red & Black*, 4 Mar. 2012,"
        " https://example.org/a?b=1&c=2."
    )
    assert marked(forms[Guide.APA].entry) == (
        "Smith, A. M. (2012, March 4). Who were the ‘old’ kulaks? *Red & Black*."
        " https://example.org/a?b=1&c=2"
    )


def test_two_works_of_one_author_are_told_apart() -> None:
    one = Source("one", "book", "The Pit", SourceKind.BOOK, (Name("Roe", "Jo"),), locators=PLACES)
    other = replace(one, id="other", title="The Mill", issued="1936")
    pack = Pack("p", "P", "P.", (one, other), (), ())

    assert marked(cite(Citation("one", "y", ()), pack, Guide.MLA).in_text) == (
        "(Roe, *The Pit* 12–14)"
    )


def test_a_title_in_sentence_case_stays_so_in_apa_and_is_capitalized_elsewhere() -> None:
    book = Source("b", "book", "The mills of Magnitogorsk", SourceKind.BOOK, locators=PLACES)
    pack = Pack("p", "P", "P.", (book,), (), ())

    forms = {g: marked(cite(Citation("b", "x", ()), pack, g).entry) for g in Guide}

    assert forms[Guide.APA] == "*The mills of Magnitogorsk*. (n.d.)."
    assert forms[Guide.MLA] == "*The Mills of Magnitogorsk*."


@pytest.mark.parametrize("guide", list(Guide))
def test_a_manuscript_is_not_called_unpublished_nor_an_essay_a_preprint(guide: Guide) -> None:
    for type_, kind in (("manuscript", SourceKind.DOCUMENT), ("article", SourceKind.ESSAY)):
        source = Source("s", type_, "On Mills", kind, issued="1935/1936", locators=PLACES)
        pack = Pack("p", "P", "P.", (source,), (), ())
        formatted = cite(Citation("s", "x", ()), pack, guide)
        said = (to_text(formatted.in_text) + to_text(formatted.entry)).lower()
        assert "unpublished" not in said
        assert "preprint" not in said
        assert "none" not in said


def test_runs_are_joined() -> None:
    book = Source("b", "book", "Mills", SourceKind.BOOK, locators=PLACES)
    entry = cite(Citation("b", "x", ()), Pack("p", "P", "P.", (book,), (), ()), Guide.APA).entry

    assert entry == (Run("Mills", italic=True), Run(". (n.d.)."))


def test_what_the_pack_lacks_is_an_error(pack: Pack) -> None:
    with pytest.raises(KeyError):
        cite(Citation("nobody", "p1", ()), pack, Guide.MLA)
    with pytest.raises(KeyError):
        bibliography(["nobody"], pack, Guide.MLA)
