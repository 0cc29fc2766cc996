"""`among(column, values)`: is the column's value one of these? For any number of values, as one
parameter; `in_` would compile a statement anew for each number, and has a limit. A statement for
every event is built once, with `parameter(name)` for the values that come when it is run."""

import json
from collections.abc import Iterable
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Dialect, Text, bindparam, cast, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator


class Values(TypeDecorator[Iterable[Any]]):
    """Strings or whole numbers as a JSON array."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Iterable[Any] | None, dialect: Dialect) -> str:
        return json.dumps(list(value or ()))


class json_values(FunctionElement[Any]):  # noqa: N801 - an SQL function
    """The values of a JSON array, one a row."""

    inherit_cache = True


@compiles(json_values)
def _anywhere(element: Any, compiler: Any, **how: Any) -> str:
    return f"json_each({compiler.process(element.clauses, **how)})"


@compiles(json_values, "postgresql")
def _on_postgresql(element: Any, compiler: Any, **how: Any) -> str:
    return f"json_array_elements_text(({compiler.process(element.clauses, **how)})::json)"


def parameter(name: str) -> BindParameter[Iterable[Any]]:
    """Values that are handed in under this name when the statement is run."""
    return bindparam(name, type_=Values)


def among(
    column: ColumnElement[Any], values: Iterable[Any] | BindParameter[Iterable[Any]]
) -> ColumnElement[bool]:
    """True for rows whose `column` is one of `values` (strings or whole numbers)."""
    if not isinstance(values, BindParameter):
        values = bindparam(None, list(values), Values)
    rows = json_values(values).table_valued("value")
    return column.in_(select(cast(rows.c.value, column.type)))
