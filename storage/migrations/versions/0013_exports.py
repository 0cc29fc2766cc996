"""Reports that were handed out, frozen by opaque ids; a course's grading rule."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _add_grading()
    op.create_table(
        "exports",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("as_of", sa.BigInteger(), nullable=False),
        sa.Column("over", sa.JSON(), nullable=False),
        sa.Column("format", sa.String(), nullable=False),
        sa.Column("pseudonyms", sa.Boolean(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["course_id"], ["courses.id"], name=op.f("fk_exports_course_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["made_by"], ["members.id"], name=op.f("fk_exports_made_by"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exports")),
        sa.UniqueConstraint("course_id", "number", name=op.f("uq_exports_course_id_number")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "export_figures",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("export_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=True),
        sa.Column("entry_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=True),
        sa.Column("number", sa.Float(), nullable=True),
        sa.CheckConstraint(
            "(member_id IS NULL) <> (entry_id IS NULL)", name=op.f("ck_export_figures_whose")
        ),
        sa.ForeignKeyConstraint(
            ["entry_id"],
            ["roster_entries.id"],
            name=op.f("fk_export_figures_entry_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["export_id"], ["exports.id"], name=op.f("fk_export_figures_export_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name=op.f("fk_export_figures_member_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_export_figures")),
        sqlite_autoincrement=True,
    )  # fmt: skip
    for column in ("export_id", "member_id", "entry_id"):
        op.create_index(f"ix_export_figures_{column}", "export_figures", [column])


def _add_grading() -> None:
    op.create_table(
        "grading_rules",
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("set_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["course_id"], ["courses.id"], name=op.f("fk_grading_rules_course_id")
        ),
        sa.PrimaryKeyConstraint("course_id", name=op.f("pk_grading_rules")),
    )
    op.create_table(
        "points_given",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("discussion_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("points", sa.Float(), nullable=False),
        sa.Column("given_by", sa.Integer(), nullable=False),
        sa.Column("given_at", sa.BigInteger(), nullable=False),
        sa.Column("revoked_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["discussion_id"],
            ["discussions.id"],
            name=op.f("fk_points_given_discussion_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["given_by"], ["members.id"], name=op.f("fk_points_given_given_by")
        ),
        sa.ForeignKeyConstraint(
            ["member_id"],
            ["members.id"],
            name=op.f("fk_points_given_member_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_points_given")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_points_given_discussion_id_member_id", "points_given", ["discussion_id", "member_id"]
    )
    op.create_table(
        "points_reasons",
        sa.Column("points_given_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["points_given_id"],
            ["points_given.id"],
            name=op.f("fk_points_reasons_points_given_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("points_given_id", name=op.f("pk_points_reasons")),
    )


def downgrade() -> None:
    op.drop_table("points_reasons")
    op.drop_table("points_given")
    op.drop_table("grading_rules")
    op.drop_table("export_figures")
    op.drop_table("exports")
