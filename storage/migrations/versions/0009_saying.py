"""What members say of their next message; since when a channel is called as it is."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "responding",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("discussion_id", sa.Integer(), nullable=False),
        sa.Column("channel_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column(
            "message_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("invocation", sa.String(), nullable=False),
        sa.Column("said_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["discussion_id"],
            ["discussions.id"],
            name=op.f("fk_responding_discussion_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["channel_id"],
            ["channels.id"],
            name=op.f("fk_responding_channel_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["accounts.id"],
            name=op.f("fk_responding_account_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_responding")),
        sa.UniqueConstraint(
            "channel_id", "invocation", name=op.f("uq_responding_channel_id_invocation")
        ),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_responding_discussion_id", "responding", ["discussion_id"])
    op.add_column("channels", sa.Column("named_at", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    op.drop_column("channels", "named_at")
    op.drop_index("ix_responding_discussion_id", table_name="responding")
    op.drop_table("responding")
