"""Published rulebooks: versions that are only ever added, which of them took a decision, and what was known by then."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

APPEND_ONLY = ("rulebook_content", "rulebook_version", "rulebook_rule")


def upgrade() -> None:
    op.create_table(
        "rulebook_content",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("archive", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_rulebook_content")),
    )
    op.create_table(
        "rulebook_version",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("parent", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("files", sa.String(length=64), nullable=False),
        sa.Column("content", sa.String(length=64), nullable=False),
        sa.Column("author", sa.String(length=320), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("created_at", sa.String(length=40), nullable=False),
        sa.Column("certificate", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("restores", sa.Integer(), nullable=True),
        sa.Column("sidecue", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["content"], ["rulebook_content.digest"], name=op.f("fk_rulebook_version_content")),
        sa.ForeignKeyConstraint(["restores"], ["rulebook_version.number"], name=op.f("fk_rulebook_version_restores")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_rulebook_version")),
        sa.UniqueConstraint("hash", name=op.f("uq_rulebook_version_hash")),
    )
    op.create_index("ix_rulebook_version_digest", "rulebook_version", ["digest"])
    op.create_table(
        "rulebook_rule",
        sa.Column("rule", sa.String(length=200), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("rule", "version", name=op.f("pk_rulebook_rule")),
    )
    op.add_column("decision", sa.Column("rulebook_version", sa.Integer(), nullable=True))
    op.add_column("ticket_event", sa.Column("received_at", sa.DateTime(timezone=True), nullable=True))
    for table in APPEND_ONLY:
        for change in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{change.lower()} BEFORE {change} ON {table} "
                "BEGIN SELECT RAISE(ABORT, 'published rulebooks are never changed'); END"
            )
    # INSERT OR REPLACE would delete a row without firing the trigger above; what is there already stays as it is.
    op.execute(
        "CREATE TRIGGER rulebook_content_once BEFORE INSERT ON rulebook_content "
        "WHEN EXISTS (SELECT 1 FROM rulebook_content WHERE digest = NEW.digest) "
        "BEGIN SELECT RAISE(ABORT, 'published rulebooks are never changed'); END"
    )
    op.execute(
        "CREATE TRIGGER rulebook_rule_once BEFORE INSERT ON rulebook_rule "
        "WHEN EXISTS (SELECT 1 FROM rulebook_rule WHERE rule = NEW.rule AND version = NEW.version) "
        "BEGIN SELECT RAISE(ABORT, 'published rulebooks are never changed'); END"
    )
    op.execute(
        "CREATE TRIGGER rulebook_version_next BEFORE INSERT ON rulebook_version "
        "WHEN NEW.number <> (SELECT coalesce(max(number), 0) + 1 FROM rulebook_version) "
        "OR NEW.parent <> coalesce("
        "(SELECT hash FROM rulebook_version ORDER BY number DESC LIMIT 1), printf('%064d', 0)) "
        "OR EXISTS (SELECT 1 FROM rulebook_version WHERE hash = NEW.hash) "
        "BEGIN SELECT RAISE(ABORT, 'a published rulebook follows the newest one'); END"
    )


def downgrade() -> None:
    op.drop_column("ticket_event", "received_at")
    op.drop_column("decision", "rulebook_version")
    op.drop_table("rulebook_rule")
    op.drop_table("rulebook_version")
    op.drop_table("rulebook_content")
