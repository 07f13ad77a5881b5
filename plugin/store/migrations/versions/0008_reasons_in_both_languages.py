"""Why a delivery or an order came to nothing, in both languages: what was kept so far stands there twice.

What a delivery of an unused type is, which stood in its `event_type` alone, is said as a reason too.
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ("delivery", "outbox"):
        op.execute(sa.text(f"UPDATE {table} SET error = json_array(error, error) WHERE error IS NOT NULL"))  # noqa: S608 - two names of ours
    op.execute(
        sa.text(
            "UPDATE delivery SET error = json_array("
            "'o tipo de evento ' || quote(event_type) || ' não é usado por este conector', "
            "'event type ' || quote(event_type) || ' is not used by this connector') "
            "WHERE state = 'ignored' AND event_type IS NOT NULL AND error IS NULL"
        )
    )


def downgrade() -> None:
    op.execute(sa.text("UPDATE delivery SET error = NULL WHERE state = 'ignored'"))
    for table in ("delivery", "outbox"):
        op.execute(sa.text(f"UPDATE {table} SET error = json_extract(error, '$[1]') WHERE error IS NOT NULL"))  # noqa: S608 - as above
