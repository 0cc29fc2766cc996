"""What a message names as evidence; found, too, in the texts that were kept before."""

import re
from hashlib import sha256
from urllib.parse import unquote

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "evidence",
        sa.Column(
            "message_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("named", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["message_id"], ["messages.id"], name=op.f("fk_evidence_message_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("message_id", "named", name=op.f("pk_evidence")),
    )
    if not op.get_context().as_sql:  # no rows are at hand where only the SQL is written down
        _fill(op.get_bind())


def downgrade() -> None:
    op.drop_table("evidence")


def _fill(db: sa.Connection) -> None:
    texts = sa.table("message_texts", sa.column("message_id"), sa.column("text"))
    evidence = sa.table("evidence", sa.column("message_id"), sa.column("named"))
    some = sa.select(texts).order_by(texts.c.message_id).limit(1_000)
    last = 0
    while rows := db.execute(some.where(texts.c.message_id > last)).all():
        last = rows[-1][0]
        found = [{"message_id": id_, "named": name} for id_, text in rows for name in _named(text)]
        if found:
            db.execute(sa.insert(evidence), found)


# --- the rule as it was then: see bot/core/evidence.py ------------------------------------------

_NAME = re.compile(
    r"""
    (?<![^\W_]) https?://(?P<link>[^\s<>|"\[\]{}\\^`]+)
    | (?<![\w.-]) (?: [a-z][a-z0-9.-]*+:// | (?:[\w-]++\.)++[\w-]++/ ) \S*
    | (?<![^\W_]) (?<![^\W_]_) (?<!@) F(?P<fact>[1-9][0-9]{0,4}) (?!_?[^\W_]|@)
    """,
    re.IGNORECASE | re.VERBOSE,
)
_AFTER = ".,;:!?'*_~…’”»"
_HOST = re.compile(r"(?:www\.)?([^/?]+?)(?::80|:443)?(?=[/?]|\Z)", re.IGNORECASE)


def _named(text: str) -> list[str]:
    names: dict[str, None] = {}
    for match in _NAME.finditer(text):
        if (number := match["fact"]) is not None:
            names[f"F{number}"] = None
        elif (name := _link(match["link"] or "")) is not None:
            names[name] = None
        if len(names) == 50:
            break
    return list(names)


def _link(address: str) -> str | None:
    address = _trimmed(address.replace("&amp;", "&")).partition("#")[0]
    if (host := _HOST.match(address)) is None:
        return None
    same = host[1].lower() + unquote(address[host.end() :].rstrip("/"))
    return f"link:{sha256(same.encode()).hexdigest()[:16]}"


def _trimmed(address: str) -> str:
    surplus, end = address.count(")") - address.count("("), len(address)
    while end:
        if address[end - 1] == ")" and surplus > 0:
            surplus -= 1
        elif address[end - 1] not in _AFTER:
            break
        end -= 1
    return address[:end]
