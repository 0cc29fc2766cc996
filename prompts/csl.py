"""citeproc-py with what the official CSL styles need of it and it does not do itself.

Each class here stands in for the one of citeproc-py of the same name; the rules are those of the
CSL 1.0.2 specification. Imported only when a citation is asked for: see prompts/styles.py.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from citeproc import Citation, CitationItem, CitationStylesBibliography, Locator, model
from citeproc.frontend import CitationStylesStyle
from citeproc.source import VariableError
from citeproc.source.json import CiteProcJSON
from lxml import etree

NAMESPACE = "http://purl.org/net/xbiblio/csl"
OPEN, CLOSE = "\ue000", "\ue001"
"""Around what is italic in rendered text; no font has these signs (private use)."""


class Marks:
    """A formatter of citeproc-py: italics between OPEN and CLOSE, nothing escaped."""

    Bold = Light = Underline = Superscript = Subscript = SmallCaps = str

    @staticmethod
    def preformat(text: object) -> str:
        return str(text)

    @staticmethod
    def Italic(text: object) -> str:  # noqa: N802 - citeproc-py asks for it by this name
        return f"{OPEN}{text}{CLOSE}"

    Oblique = Italic


@dataclass(slots=True)
class _Seen:
    """What has been rendered of one citation or entry: kept where citeproc-py starts it anew."""

    called: int = 0
    filled: int = 0
    rendered: list[str] = field(default_factory=list)
    substituted: set[str] = field(default_factory=set)

    def fill(self, *variables: str) -> None:
        self.filled += 1
        self.rendered += variables


def _seen(element: Any, context: Any) -> _Seen:
    kept: dict[str, _Seen] = (element if context is None else context).get_layout().repressed
    return kept.setdefault("seen", _Seen())


class If(model.If):
    """`disambiguate` holds for an item that would else be taken for another one."""

    def render(self, item: Any, context: Any = None, delimiter: str = "", **kwargs: Any) -> Any:
        if "disambiguate" in self.attrib and "ambiguous" not in item:
            raise model.ConditionFailed
        return super().render(item, context=context, delimiter=delimiter, **kwargs)

    def _is_numeric(self, item: Any) -> list[bool]:
        own = item.locator.identifier if item.has_locator else ""
        names = [name.replace("-", "_") for name in self.get("is-numeric").split()]
        values = [own if name == "locator" else item.reference.get(name, "") for name in names]
        return [_NUMERIC.fullmatch(str(value)) is not None for value in values]


class Else_If(If):  # noqa: N801 - named after the element, as in citeproc-py
    pass


class Group(model.Group):
    """Left out where it calls variables and all of them are empty (CSL: cs:group)."""

    def process(self, item: Any, context: Any = None, **kwargs: Any) -> Any:
        seen = _seen(self, context)
        called, filled = seen.called, seen.filled
        parts = []
        for child in self.iterchildren():
            if isinstance(child, model.Choose):
                kwargs["delimiter"] = self.get("delimiter", "")
            else:
                kwargs.pop("delimiter", None)
            try:
                parts.append(child.render(item, context=context, **kwargs))
            except VariableError:
                continue
        parts = [part for part in parts if part is not None]
        if not parts or (seen.called > called and seen.filled == filled):
            raise VariableError
        return self.join(parts)


class Text(model.Text):
    """What stood in for a missing author is not given again (CSL: cs:substitute)."""

    def get_macro(self, name: str) -> Any:
        return self.get_root().macros[name]

    def quote(self, string: Any) -> Any:
        if self.get("quotes") == "true":
            string = str(string).translate(_INNER)
        return super().quote(string)

    def process(self, item: Any, context: Any = None, **kwargs: Any) -> Any:
        if self.get("term") == "no date":  # counts as the date that it stands for
            _seen(self, context).fill()
        return super().process(item, context, **kwargs)

    def _variable(self, item: Any, context: Any) -> Any:
        seen, variable = _seen(self, context), self.get("variable")
        if variable in self.generated_variables:
            raise VariableError
        seen.called += 1
        if variable in seen.substituted:
            raise VariableError
        text = super()._variable(item, context)
        if text:
            seen.fill(variable)
        return text


class Key(model.Key):
    """Entries are put in order by letters and figures, without a leading article; one without an
    author or title by what it begins with."""

    def get_macro(self, name: str) -> Any:
        return self.get_root().macros[name]

    def sort_keys(self, items: Any, context: Any) -> list[Any]:
        keys = super().sort_keys(items, context)
        if self.getprevious() is None and len(items) > 1:
            keys = [key or _entry(context, item) for key, item in zip(keys, items, strict=True)]
        return [None if key is None else _ARTICLE.sub("", _SIGNS.sub("", str(key))) for key in keys]


class Number(model.Number):
    def process(self, item: Any, context: Any = None, **kwargs: Any) -> Any:
        seen = _seen(self, context)
        seen.called += 1
        text = super().process(item, context=context, **kwargs)
        if text:
            seen.fill(self.get("variable"))
        return text


class Date(model.Date):
    def process(self, item: Any, variable: Any = None, *args: Any, **kwargs: Any) -> Any:
        if self.is_locale_date():
            return super().process(item, variable, *args, **kwargs)
        seen = _seen(self, kwargs.get("context"))
        seen.called += 1
        text = super().process(item, variable, *args, **kwargs)
        if text:
            seen.fill(self.get("variable"))
        return text


class Names(model.Names):
    def process(
        self, item: Any, names_context: Any = None, context: Any = None, **kwargs: Any
    ) -> Any:
        seen, roles = _seen(self, context), self.get("variable").split()
        seen.called += 1
        if seen.substituted.intersection(roles):
            raise VariableError
        try:
            text = super().process(item, names_context, context, **kwargs)
        except UnboundLocalError:  # neither such names nor anything in their place
            raise VariableError from None
        if text and (present := [role for role in roles if role in item.reference]):
            seen.fill(*present)
        return text


class Name(model.Name):
    """Given names in full where the style says so (CSL: initialize)."""

    def initialize(self, given: str, mark: str, context: Any) -> str:
        if self.get("initialize") == "false":
            return given
        return str(super().initialize(given, mark, context)).strip()


class Substitute(model.Substitute):
    """Remembers the variables that it rendered, however deep in macros they stand."""

    def render(self, item: Any, context: Any = None, **kwargs: Any) -> Any:
        seen = _seen(self, context)
        for child in self.getchildren():
            if isinstance(child, model.Names) and child.name is None:
                kwargs["names_context"] = self.getparent()
            else:
                kwargs.pop("names_context", None)
            before = len(seen.rendered)
            try:
                text = child.render(item, context=context, **kwargs)
            except VariableError:
                continue
            if text:
                seen.substituted.update(seen.rendered[before:])
                return text
        return None


class Label(model.Label):
    """Not without its variable (CSL: cs:label)."""

    def process(self, item: Any, variable: Any = None, *args: Any, **kwargs: Any) -> Any:
        own = self.get("variable")
        if variable is None and own != "locator" and own.replace("-", "_") not in item.reference:
            return None
        if variable is None and own == "locator" and not item.has_locator:
            return None
        return super().process(item, variable, *args, **kwargs)


_OURS = (If, Else_If, Group, Text, Key, Number, Date, Names, Name, Substitute, Label)
# A quotation within a quotation has single marks.
_INNER = str.maketrans("“”", "‘’")
_NUMERIC = re.compile(r"[a-z]*\d+[a-z]*(\s*[-–,&]\s*[a-z]*\d+[a-z]*)*", re.IGNORECASE)
_SIGNS = re.compile(r"[^\w\s,]|[\ue000\ue001_]")
_ARTICLE = re.compile(r"^\s*(?:an?|the)\s+", re.IGNORECASE)


class Style(CitationStylesStyle):
    """A style file, read into our elements."""

    def __init__(self, path: Path) -> None:
        # The base class would read it into its own.
        lookup = etree.ElementNamespaceClassLookup()
        elements = lookup.get_namespace(NAMESPACE)
        elements[None] = model.CitationStylesElement
        for element in (*model.CitationStylesElement.__subclasses__(), *_OURS):
            elements[element.__name__.replace("_", "-").lower()] = element
        self.parser = etree.XMLParser(remove_comments=True, no_network=True)
        self.parser.set_element_class_lookup(lookup)
        self.xml = etree.parse(str(path), self.parser)
        self.root = self.xml.getroot()
        self.root.macros = {
            macro.get("name"): macro for macro in self.root.iterchildren(f"{{{NAMESPACE}}}macro")
        }
        self.root.set_locale_list("en-US", validate=False)


class Processor:
    """Renders CSL-JSON items in one style. Not to be used by two threads at once."""

    def __init__(self, path: Path) -> None:
        self._style = Style(path)

    def citation(
        self, item: dict[str, Any], label: str | None, place: str, ambiguous: bool = False
    ) -> str:
        """A first citation at a place: its CSL label, or None where `place` says it in words.

        `ambiguous`: another work of the same authors could be meant.
        """
        shelf = CitationStylesBibliography(self._style, CiteProcJSON([item]), Marks)
        cited = CitationItem(item["id"], locator=Locator(label or "", place))
        if ambiguous:
            cited["ambiguous"] = True
        citation = Citation([cited])
        shelf.register(citation)
        return str(shelf.cite(citation, None) or "")

    def entries(self, items: Sequence[dict[str, Any]]) -> list[tuple[str, str]]:
        """Ids with their entries, in the style's order; "" where the style lists no such thing."""
        shelf = CitationStylesBibliography(self._style, CiteProcJSON(items), Marks)
        shelf.register(Citation([CitationItem(item["id"]) for item in items]))
        shelf.sort()
        layout = self._style.root.bibliography.layout
        return [
            (key, _entry(layout, item)) for key, item in zip(shelf.keys, shelf.items, strict=True)
        ]


def _entry(layout: Any, item: Any) -> str:
    found = layout.render_bibliography([item])
    return str(found[0] or "") if found else ""
