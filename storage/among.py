"""`among(column, values)`: is the column's value one of these? For any number of values, as one
parameter; `in_` would compile a statement anew for each number, and has a limit."""

import json
from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, Text, bindparam, cast, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement


class json_values(FunctionElement[Any]):  # noqa: N801 - an SQL function
    """The values of a JSON array, one a row."""

    inherit_cache = True


@compiles(json_values)
def _anywhere(element: Any, compiler: Any, **how: Any) -> str:
    return f"json_each({compiler.process(element.clauses, **how)})"


@compiles(json_values, "postgresql")
def _on_postgresql(element: Any, compiler: Any, **how: Any) -> str:
    return f"json_array_elements_text(({compiler.process(element.clauses, **how)})::json)"


def among(column: ColumnElement[Any], values: Iterable[Any]) -> ColumnElement[bool]:
    """True for rows whose `column` is one of `values` (strings or whole numbers)."""
    given = bindparam(None, json.dumps(list(values)), Text)
    rows = json_values(given).table_valued("value")
    return column.in_(select(cast(rows.c.value, column.type)))
