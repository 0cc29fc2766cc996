"""The platform's roles that make somebody staff or are notified, and the tag of a forum's posts."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "course_roles",
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("space_id", sa.Integer(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("ref", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "purpose IN ('instructors', 'assistants', 'notify')",
            name=op.f("ck_course_roles_purpose"),
        ),
        sa.ForeignKeyConstraint(
            ["course_id"], ["courses.id"], name=op.f("fk_course_roles_course_id")
        ),
        sa.ForeignKeyConstraint(["space_id"], ["spaces.id"], name=op.f("fk_course_roles_space_id")),
        sa.PrimaryKeyConstraint("course_id", "space_id", "purpose", name=op.f("pk_course_roles")),
    )
    op.create_table(
        "granted_roles",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "role IN ('student', 'assistant', 'instructor')", name=op.f("ck_granted_roles_role")
        ),
        sa.ForeignKeyConstraint(
            ["course_id"],
            ["courses.id"],
            name=op.f("fk_granted_roles_course_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["accounts.id"],
            name=op.f("fk_granted_roles_account_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_granted_roles")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_granted_roles_course_id_account_id", "granted_roles", ["course_id", "account_id"]
    )
    op.add_column("roles", sa.Column("given", sa.String(), nullable=True))
    op.add_column("channels", sa.Column("tag", sa.String(), nullable=True))


def downgrade() -> None:
    op.drop_column("channels", "tag")
    op.drop_column("roles", "given")
    op.drop_index("ix_granted_roles_course_id_account_id", table_name="granted_roles")
    op.drop_table("granted_roles")
    op.drop_table("course_roles")
