"""What counts as a proper name, and what only looks like one."""

import pytest

from prompts.evidence.names import capitalised_words, is_named, names, small_words

ORDINARY = small_words(["the navvies dug, and one commenter asked who counted"])


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("The men of Leeds and York dug it.", ["Leeds", "York"]),
        ("Navvies dug it.", []),
        ("A navvy asked. Commenters counted. Asked again, they dug.", []),
        ("Brindley dug it.", ["Brindley"]),
        ("It was dug. Brindley saw it: Brindley paid.", ["Brindley"]),
        ("They dug. Unlike them, he only asked.", []),
        ("In the cut Navvies dug.", ["Navvies"]),
        ("It says “Navvies dug it”, and (“The cut”) too.", []),
        ("It says “Brindley dug it”.", ["Brindley"]),
        ("A motto: “Dig, and Sing”.", ["Dig", "Sing"]),
        ("The All-Union meeting of pre-Soviet men.", ["All", "Union", "Soviet"]),
        ("Brindley’s cut, the Dukes' cut and O'Brien's.", ["Brindley", "Dukes", "O'Brien"]),
        ("It was l'Humanité.", ["l'Humanité"]),
        ("In the USSR, under George III.", ["USSR", "George", "III"]),
        ("Then I dug, I'm told.", []),
        ("Forty dug in August and in May.", ["May"]),
        ("So says F12.", []),
        ("In the Forty Acres.", ["Acres"]),
        ("“…Brindley”", ["Brindley"]),
        ("", []),
    ],
)  # fmt: skip
def test_names_are_capitalised_words_that_nothing_else_explains(
    text: str, found: list[str]
) -> None:
    assert names(text, ORDINARY) == found


@pytest.mark.parametrize(
    ("name", "term"),
    [
        ("Stalin", "Stalin's words"),
        ("Stakhanovites", "a Stakhanovite"),
        ("Stakhanovite", "the Stakhanovites’ pay"),
        ("Russia", "Russians"),
        ("Canadian", "Canada"),
        ("Italian", "Italy"),
        ("Kennedys", "Kennedy"),
        ("Marys", "Mary"),
        ("O'Brien", "O’Brien"),
        ("Union", "an All-Union meeting"),
        ("Stalin", "STALIN"),
    ],
)
def test_a_name_may_differ_in_its_ending(name: str, term: str) -> None:
    assert is_named(name, capitalised_words([term]))


@pytest.mark.parametrize(
    ("name", "term"),
    [
        ("Stakhanov", "Stakhanovite"),
        ("Stakhanovite", "Stakhanov"),
        ("Marxism", "Marxist"),
        ("Kulaks", "kulaks"),
        ("Lenin", "Stalin"),
        ("Ann", "A"),
        ("Aleksei", "Aleksi"),
        ("Stalin", ""),
    ],
)
def test_another_name_is_another_name(name: str, term: str) -> None:
    assert not is_named(name, capitalised_words([term]))
