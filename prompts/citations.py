"""A citation in a few plain words, for a card's foot; not in any style guide's form."""

from prompts.models import Citation, Pack, SourceKind


def in_words(citation: Citation, pack: Pack) -> str:
    """Such as `Student blog post, "A Title", paragraph 2`.

    Raises KeyError where the pack lacks the source or the source the locator; a loaded pack
    doesn't.
    """
    source = pack.source(citation.source)
    place = source.locator(citation.locator).label
    # CSL and library practice put a title that we supplied ourselves in square brackets.
    title = source.title if source.title.startswith("[") else f'"{source.title}"'
    link = " on " if source.kind is SourceKind.COMMENT else ", "
    author = f"{source.author}, " if source.author else ""
    return f"{author}{source.kind.label}{link}{title}, {place}"
