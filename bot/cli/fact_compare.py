"""`coalface fact compare`: subjects of a pack side by side."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.shared import Data, Json, OnePackId, load_settings, one_pack, print_json, told

if TYPE_CHECKING:
    from prompts.models import Pack, Subject


@told
def fact_compare(
    first: Annotated[str, typer.Argument(help="A subject, such as kulaks.")],
    second: Annotated[str, typer.Argument(help="Another subject.")],
    third: Annotated[str | None, typer.Argument(help="A third one.", show_default=False)] = None,
    data: Data = None,
    pack_id: OnePackId = None,
    json: Json = False,
) -> None:
    """Compare subjects over the pack's dimensions, each cell with its facts."""
    from bot.core.comparing import subjects_named

    pack = one_pack(load_settings(data), pack_id).pack
    subjects = subjects_named(pack, {"first": first, "second": second, "third": third})
    if json:
        print_json(_to_json(pack, subjects))
    else:
        _print(pack, subjects)


def _to_json(pack: "Pack", subjects: Sequence["Subject"]) -> Mapping[str, object]:
    return {
        "pack": pack.id,
        "dimensions": {dimension.key: dimension.label for dimension in pack.dimensions},
        "subjects": [
            {
                "id": subject.id,
                "name": subject.name,
                "cells": {
                    key: {"text": cell.text, "facts": list(cell.facts)}
                    for key, cell in subject.cells.items()
                },
            }
            for subject in subjects
        ],
    }


def _print(pack: "Pack", subjects: Sequence["Subject"]) -> None:
    for dimension in pack.dimensions:
        typer.echo(dimension.label)
        for subject in subjects:
            cell = subject.cells.get(dimension.key)
            said = "No source of the pack says."
            if cell is not None:
                said = f"{cell.text} ({', '.join(cell.facts)})"
            typer.echo(f"  {subject.name}: {said}")
