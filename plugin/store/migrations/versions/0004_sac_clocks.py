"""The clocks of regulated tenants: the calendar they run by, and when a ticket is next to be looked at."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("tenant", sa.Column("time_zone", sa.String(length=64), nullable=False, server_default="UTC"))
    op.execute("UPDATE tenant SET time_zone = 'America/Sao_Paulo' WHERE locale = 'pt-BR'")
    op.add_column("ticket", sa.Column("wake_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index("ix_ticket_wake_at", "ticket", ["wake_at"])


def downgrade() -> None:
    op.drop_index("ix_ticket_wake_at", "ticket")
    op.drop_column("ticket", "wake_at")
    op.drop_column("tenant", "time_zone")
