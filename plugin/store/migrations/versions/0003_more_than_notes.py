"""More than notes goes back: tags, fields and groups as the tenant asks; and proofs of hosts that are used once."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("tenant", sa.Column("back", sa.JSON(), nullable=False, server_default="{}"))
    op.add_column("outbox", sa.Column("kind", sa.String(length=16), nullable=False, server_default="note"))
    op.add_column("outbox", sa.Column("content", sa.JSON(), nullable=False, server_default="{}"))
    op.execute("UPDATE outbox SET content = json_object('text', text)")
    op.drop_column("outbox", "text")
    op.create_index("ix_outbox_tenant_id_ticket_external_id", "outbox", ["tenant_id", "ticket_external_id"])
    op.create_table(
        "host_proof",
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenant.id"], name=op.f("fk_host_proof_tenant_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("tenant_id", "digest", name=op.f("pk_host_proof")),
    )


def downgrade() -> None:
    op.drop_table("host_proof")
    op.drop_index("ix_outbox_tenant_id_ticket_external_id", "outbox")
    op.add_column("outbox", sa.Column("text", sa.Text(), nullable=False, server_default=""))
    op.execute("DELETE FROM outbox WHERE kind <> 'note'")
    op.execute("UPDATE outbox SET text = json_extract(content, '$.text')")
    op.drop_column("outbox", "content")
    op.drop_column("outbox", "kind")
    op.drop_column("tenant", "back")
