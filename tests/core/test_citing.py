"""Facts and discussions cited in a style guide's form, as a person in the classroom sees it."""

from bot.core.cards import FactMark, Italic, Text
from bot.core.commands import Answer
from tests.world import PROMPT, World


async def test_a_fact_in_each_style(world: World) -> None:
    teacher = await world.person("Ada")
    await world.course(teacher)

    chicago = await teacher.answer("fact cite", fact="F1")
    mla = await teacher.answer("fact cite", fact="f1", style="MLA")
    apa = await teacher.answer("fact cite", fact="F1", style="apa")

    lines = chicago.split("\n")
    assert lines[0] == "F1 in Chicago style"
    assert "“Soviet Shock Workers and Stakhavonites,” blog post, n.d., para. 1." in lines
    assert "“Soviet Shock Workers and Stakhavonites.” Blog post. n.d." in lines
    assert "(“Soviet Shock Workers and Stakhavonites,” par. 1)" in mla.split("\n")
    assert "Works Cited" in mla
    assert "Soviet shock workers and Stakhavonites. (n.d.). [Blog post]." in apa.split("\n")
    assert "7th edition" in apa


async def test_italics_and_no_footnote_marks(world: World) -> None:
    teacher = await world.person("Ada")
    await world.course(teacher)

    outcome = await teacher.run("fact cite", fact="F1", style="apa")

    assert isinstance(outcome, Answer)
    texts = [block.spans for block in outcome.card.blocks if isinstance(block, Text)]
    assert (Italic("Soviet shock workers and Stakhavonites"),) in [spans[:1] for spans in texts]


async def test_a_comment_has_a_note_and_no_entry_in_chicago(world: World) -> None:
    teacher = await world.person("Ada")
    await world.course(teacher)
    pack = next(iter(world.app.services.packs.values())).pack
    fact = next(f for f in pack.facts if {c.source for c in f.citations} == {"comments"})

    said = await teacher.answer("fact cite", fact=fact.id)

    assert "Comment on “Soviet Shock Workers and Stakhavonites,” n.d., " in said
    assert "Chicago has it in notes only" in said


async def test_an_unknown_fact_comes_back_as_a_form(world: World) -> None:
    teacher = await world.person("Ada")
    await world.course(teacher)

    form = await teacher.form("fact cite", fact="F999")

    assert form.problems["fact"].startswith("There is no fact “F999”")


async def test_what_a_discussion_rests_on(world: World) -> None:
    teacher = await world.person("Ada")
    student = await world.person("Ben")
    await world.course(teacher)
    thread = await world.post(teacher, PROMPT)
    before = await teacher.answer("fact bibliography", discussion="D1", style="mla")

    gone = await student.say("F38 says six hours.", thread=thread)
    await student.say("But F37 says one hour, and F21 has the cover.", thread=thread)
    await teacher.say("As staff I name F20.", thread=thread)
    await student.delete(gone)
    await world.settle()
    outcome = await student.run(
        "fact bibliography", thread=thread, style="mla"
    )  # in the thread it need not be named

    assert isinstance(outcome, Answer)
    marks = {
        span.id
        for block in outcome.card.blocks
        if isinstance(block, Text)
        for span in block.spans
        if isinstance(span, FactMark)
    }
    own = set(world.app.services.packs["soviet-labor"].pack.prompt(PROMPT).facts)
    assert marks == own | {"F37", "F21"}
    after = await student.answer("fact bibliography", discussion="D1", style="mla")
    assert after.count("“Soviet Shock Workers and Stakhavonites.” Blog post.") == 1
    assert before.startswith("D1: Works Cited")
    assert "F37" not in before


async def test_a_discussion_without_evidence(world: World) -> None:
    teacher = await world.person("Ada")
    await world.course(teacher)
    await teacher.answer("prompt new", title="Free", text="What do you think?")
    await world.post(teacher, "P1")

    said = await teacher.answer("fact bibliography", discussion="D1")

    assert "Nobody has named a fact" in said
