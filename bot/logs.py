"""The log: one JSON object a line, with ids and counts, never a text or a name.

An exception's own words may quote what somebody wrote, so only its type and where it was raised
are kept.
"""

import json
import logging
import traceback
from datetime import UTC, datetime
from logging.handlers import RotatingFileHandler
from pathlib import Path

LOG = "coalface.log"
OURS = frozenset({"bot", "storage", "prompts"})
_STANDARD = frozenset(logging.makeLogRecord({}).__dict__) | {"message", "asctime", "taskName"}


class JsonLines(logging.Formatter):
    """A record as JSON: when (UTC), level, logger, message, what was given in `extra`.

    Our own messages are constants, and our extras ids and counts. A library may put anybody's
    words into either: of its records only a constant template is kept, and where it stands.
    """

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
        }
        if record.name.partition(".")[0] in OURS:
            line["message"] = (
                record.msg if isinstance(record.msg, str) else type(record.msg).__name__
            )
            line |= {k: v for k, v in record.__dict__.items() if k not in _STANDARD}
        else:
            line["where"] = f"{Path(record.pathname).name}:{record.lineno} {record.funcName}"
            if record.args and isinstance(record.msg, str):  # a template and its values
                line["message"] = record.msg
        if record.exc_info and record.exc_info[0] is not None:
            line["exception"] = _chain(record.exc_info[1])
        return json.dumps(line, default=lambda value: type(value).__name__)


def _chain(problem: BaseException | None) -> list[dict[str, object]]:
    """What was raised, and what it came from; of a group, each of its members too."""
    chain: list[dict[str, object]] = []
    waiting = [problem]
    while waiting and len(chain) < 8:
        one = waiting.pop(0)
        if one is None:
            continue
        frames = traceback.extract_tb(one.__traceback__)
        chain.append(
            {
                "type": type(one).__qualname__,
                "frames": [f"{Path(f.filename).name}:{f.lineno} {f.name}" for f in frames[-15:]],
            }
        )
        waiting.append(one.__cause__ or one.__context__)
        if isinstance(one, BaseExceptionGroup):
            waiting.extend(one.exceptions)
    return chain


def start(folder: Path, level: str) -> None:
    """Log to `coalface.log` in the folder: five files of 2 MB at most."""
    folder.mkdir(parents=True, exist_ok=True)
    handler = RotatingFileHandler(
        folder / LOG, maxBytes=2_000_000, backupCount=4, encoding="utf-8", delay=True
    )
    handler.setFormatter(JsonLines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
