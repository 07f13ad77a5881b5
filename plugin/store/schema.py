"""The tables. Everything a tenant owns is keyed by tenant; times are UTC."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    text,
)

from plugin.store.rows import reason_text
from rules import text as told

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Instant(TypeDecorator[datetime]):
    """An aware UTC datetime, also on databases that forget the zone (SQLite)."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Refuse a naive time: its zone would be a guess."""
        if value is not None and value.tzinfo is None:
            raise ValueError("a naive datetime reached the store")
        return value.astimezone(UTC) if value is not None else None

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Give the zone back where the database dropped it."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Reason(TypeDecorator[told.Text]):
    """A text in both languages; a reason from the time of one language holds the same text twice."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: told.Text | None, dialect: Dialect) -> str | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Write it as `reason_text` does."""
        return reason_text(value) if value is not None else None

    def process_result_value(self, value: str | None, dialect: Dialect) -> told.Text | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Return the text."""
        return told.Text(*json.loads(value)) if value is not None else None


def _tenant_key(**more: object) -> Column[int]:
    return Column("tenant_id", Integer, ForeignKey("tenant.id", ondelete="CASCADE"), nullable=False, **more)  # type: ignore[arg-type]  # keywords of Column


tenant = Table(
    "tenant",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(63), nullable=False, unique=True),
    Column("connector", String(63), nullable=False),
    Column("locale", String(8), nullable=False),
    # under the SAC decree: its clocks run by the calendar of this zone (an IANA name)
    Column("regulated", Boolean, nullable=False, default=False),
    Column("time_zone", String(64), nullable=False, server_default="UTC"),
    # encrypted with SIDECUE_SECRET_KEY: JSON {secrets: [[newest, until], …], api_keys: the same, api_token, settings}
    Column("credentials", LargeBinary, nullable=False),
    Column("api_url", String(500)),
    Column("mapping", JSON),
    # what goes back to the helpdesk: `tenants.Back`
    Column("back", JSON, nullable=False, default=dict),
    Column("created_at", Instant, nullable=False),
)

delivery = Table(
    "delivery",
    metadata,
    Column("id", String(32), primary_key=True),
    _tenant_key(),
    Column("key", String(200), nullable=False),
    Column("received_at", Instant, nullable=False),
    Column("headers", JSON, nullable=False),
    Column("body", LargeBinary, nullable=False),
    # received -> decided | ignored | unreadable | failed (will be retried) | dead
    Column("state", String(16), nullable=False),
    Column("attempts", Integer, nullable=False, default=0),
    Column("due_at", Instant, nullable=False),
    Column("lease_owner", String(64)),
    Column("lease_until", Instant),
    Column("event_type", String(120)),
    Column("ticket_external_id", String(200)),
    Column("error", Reason),
    Column("finished_at", Instant),
    UniqueConstraint("tenant_id", "key"),
    Index("ix_delivery_state_due_at", "state", "due_at"),
)

customer = Table(
    "customer",
    metadata,
    Column("id", Integer, primary_key=True),
    _tenant_key(),
    Column("external_id", String(200), nullable=False),
    Column("name", String(300)),
    Column("email", String(320)),
    Column("phone", String(40)),
    Column("locale", String(16)),
    Column("attributes", JSON, nullable=False, default=dict),
    Column("dates", JSON, nullable=False, default=dict),
    Column("collections", JSON, nullable=False, default=dict),
    Column("updated_at", Instant, nullable=False),
    UniqueConstraint("tenant_id", "external_id"),
    Index("ix_customer_tenant_id_email", "tenant_id", "email"),
)

ticket = Table(
    "ticket",
    metadata,
    Column("id", Integer, primary_key=True),
    _tenant_key(),
    Column("external_id", String(200), nullable=False),
    Column("customer_id", Integer, ForeignKey("customer.id", ondelete="SET NULL")),
    Column("is_open", Boolean, nullable=False),
    Column("opened_at", Instant, nullable=False),
    Column("updated_at", Instant, nullable=False),
    # what decisions about the customer's other tickets need: signals, severity, primary, reopen_count
    Column("digest", JSON, nullable=False, default=dict),
    Column("decision_id", String(32)),
    # goes up with every visible change; the sidebar's ETag
    Column("revision", Integer, nullable=False, default=0),
    # when a SAC clock runs out, or a rule may warn of it: the ticket is decided again then; NULL: nothing runs
    Column("wake_at", Instant),
    UniqueConstraint("tenant_id", "external_id"),
    Index("ix_ticket_wake_at", "wake_at"),
    Index("ix_ticket_tenant_id_customer_id_opened_at", "tenant_id", "customer_id", "opened_at"),
)

# What a ticket is found by besides its id; not where it came from, but what later answers say they answer.
ticket_name = Table(
    "ticket_name",
    metadata,
    Column("tenant_id", Integer, ForeignKey("tenant.id", ondelete="CASCADE"), primary_key=True),
    Column("name", String(200), primary_key=True),
    Column("ticket_id", Integer, ForeignKey("ticket.id", ondelete="CASCADE"), nullable=False),
)

ticket_event = Table(
    "ticket_event",
    metadata,
    Column("id", Integer, primary_key=True),
    _tenant_key(),
    Column("ticket_id", Integer, ForeignKey("ticket.id", ondelete="CASCADE"), nullable=False),
    Column("event_id", String(200), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("occurred_at", Instant, nullable=False),
    # when it came into the store, and decisions began to know it; NULL where nobody knows: rows from before this was
    # kept, and a past that was imported
    Column("received_at", Instant),
    Column("payload", JSON, nullable=False),
    UniqueConstraint("tenant_id", "ticket_id", "event_id"),
)

decision = Table(
    "decision",
    metadata,
    Column("id", String(32), primary_key=True),
    _tenant_key(),
    Column("ticket_id", Integer, ForeignKey("ticket.id", ondelete="CASCADE"), nullable=False),
    Column("taken_at", Instant, nullable=False),
    Column("rulebook", String(64), nullable=False),
    # the published version that decided; NULL when the rules came from files
    Column("rulebook_version", Integer),
    Column("primary_function", String(32), nullable=False),
    Column("confidence", Float, nullable=False),
    # the canonical bytes of the Decision: facts, trace and recommendations
    Column("document", Text, nullable=False),
    # an agent's correction: {primary, by, at}
    Column("correction", JSON),
    Index("ix_decision_tenant_id_ticket_id_taken_at", "tenant_id", "ticket_id", "taken_at"),
)

recommendation = Table(
    "recommendation",
    metadata,
    Column("id", String(32), primary_key=True),
    _tenant_key(),
    Column("decision_id", String(32), ForeignKey("decision.id", ondelete="CASCADE"), nullable=False),
    Column("ticket_id", Integer, ForeignKey("ticket.id", ondelete="CASCADE"), nullable=False),
    Column("customer_id", Integer, ForeignKey("customer.id", ondelete="SET NULL")),
    Column("action", String(120), nullable=False),
    Column("kind", String(32), nullable=False),
    Column("rules", JSON, nullable=False),
    Column("rank", Integer, nullable=False),
    Column("state", String(16), nullable=False),  # open | accepted | dismissed | handed_over | done
    Column("steps_done", JSON, nullable=False, default=list),
    Column("shown_at", Instant),
    UniqueConstraint("decision_id", "action"),
    Index("ix_recommendation_tenant_id_customer_id_action", "tenant_id", "customer_id", "action"),
)

# What was decided about a customer on a schedule, without a ticket; kept only where it changed somebody's work.
evaluation = Table(
    "evaluation",
    metadata,
    Column("id", String(32), primary_key=True),
    _tenant_key(),
    Column("customer_id", Integer, ForeignKey("customer.id", ondelete="CASCADE"), nullable=False),
    Column("taken_at", Instant, nullable=False),
    # the published version that decided; NULL when the rules came from files
    Column("rulebook_version", Integer),
    # the canonical bytes of the Decision, as in `decision`
    Column("document", Text, nullable=False),
    Index("ix_evaluation_tenant_id_customer_id", "tenant_id", "customer_id"),
)

work_item = Table(
    "work_item",
    metadata,
    Column("id", String(32), primary_key=True),
    _tenant_key(),
    Column("customer_id", Integer, ForeignKey("customer.id", ondelete="CASCADE"), nullable=False),
    Column("function", String(32), nullable=False),
    # the evaluation that says why, newest that changed the item
    Column("evaluation_id", String(32), ForeignKey("evaluation.id"), nullable=False),
    # [{action, kind}], best first
    Column("recommendations", JSON, nullable=False),
    Column("state", String(16), nullable=False),  # open | accepted | done | dismissed | gone
    Column("due_at", Instant, nullable=False),
    Column("opened_at", Instant, nullable=False),
    Column("changed_at", Instant, nullable=False),
    # when an agent last said something about it, and what
    Column("acted_at", Instant),
    Column("agent", String(320)),
    Column("reason", String(64)),
    Column("comment", String(500)),
    Index("ix_work_item_tenant_id_state_due_at", "tenant_id", "state", "due_at"),
    Index("ix_work_item_tenant_id_customer_id", "tenant_id", "customer_id"),
    # one piece of work per customer and function at a time
    Index(
        "uq_work_item_live",
        "tenant_id",
        "customer_id",
        "function",
        unique=True,
        sqlite_where=text("state IN ('open', 'accepted')"),
    ),
)

proactive_turn = Table(
    "proactive_turn",
    metadata,
    Column("tenant_id", Integer, ForeignKey("tenant.id", ondelete="CASCADE"), primary_key=True),
    Column("started_at", Instant, nullable=False),
    Column("finished_at", Instant),
    Column("lease_owner", String(64)),
    Column("lease_until", Instant),
)

feedback = Table(
    "feedback",
    metadata,
    Column("id", Integer, primary_key=True),
    _tenant_key(),
    Column("recommendation_id", String(32), ForeignKey("recommendation.id", ondelete="CASCADE"), nullable=False),
    Column("verdict", String(16), nullable=False),  # accepted | dismissed | handed_over | done | undone
    Column("reason", String(64)),
    Column("comment", String(500)),
    Column("agent", String(320), nullable=False),
    Column("given_at", Instant, nullable=False),
    Index("ix_feedback_tenant_id_recommendation_id", "tenant_id", "recommendation_id"),
)

outbox = Table(
    "outbox",
    metadata,
    # sc_ + 20 hex digits; stands at the end of a note
    Column("ref", String(32), primary_key=True),
    _tenant_key(),
    Column("ticket_external_id", String(200), nullable=False),
    # empty for what is about the ticket's decision as a whole
    Column("recommendation_id", String(32), nullable=False),
    # a capability of the connector, and what it needs
    Column("kind", String(16), nullable=False, default="note"),
    Column("content", JSON, nullable=False, default=dict),
    # waits for the helpdesk's next webhook, whose answer takes it along
    Column("carried", Boolean, nullable=False, default=False),
    # waiting -> sent | cancelled | dead
    Column("state", String(16), nullable=False),
    Column("attempts", Integer, nullable=False, default=0),
    Column("due_at", Instant, nullable=False),
    Column("lease_owner", String(64)),
    Column("lease_until", Instant),
    Column("error", Reason),
    Column("sent_at", Instant),
    Index("ix_outbox_state_due_at", "state", "due_at"),
    Index("ix_outbox_tenant_id_ticket_external_id", "tenant_id", "ticket_external_id"),
)

host_proof = Table(
    "host_proof",
    metadata,
    # proofs of hosts that may be used once only, kept until nobody would believe them any more
    Column("tenant_id", Integer, ForeignKey("tenant.id", ondelete="CASCADE"), primary_key=True),
    Column("digest", String(64), primary_key=True),
    Column("until", Instant, nullable=False),
)

# The three tables of published rulebooks only ever grow: triggers refuse every other change, and a chain of hashes
# tells when somebody went round them.
rulebook_content = Table(
    "rulebook_content",
    metadata,
    # SHA-256 of the archive
    Column("digest", String(64), primary_key=True),
    # every rule file, as `plugin.publish.archive` packs them
    Column("archive", LargeBinary, nullable=False),
)

rulebook_version = Table(
    "rulebook_version",
    metadata,
    # 1, 2, 3 …; the highest is in force
    Column("number", Integer, primary_key=True, autoincrement=False),
    # the hash of the version before; 64 zeros for the first
    Column("parent", String(64), nullable=False),
    # SHA-256 over everything else in the row, as `plugin.store.rulebooks.link` writes it
    Column("hash", String(64), nullable=False, unique=True),
    # of the rulebook that the files make, of the files, and of the archive that holds them
    Column("digest", String(64), nullable=False),
    Column("files", String(64), nullable=False),
    Column("content", String(64), ForeignKey("rulebook_content.digest"), nullable=False),
    Column("author", String(320), nullable=False),
    Column("message", Text, nullable=False),
    Column("created_at", String(40), nullable=False),  # as it is hashed: an ISO instant in UTC
    # what was proved of it, as canonical JSON
    Column("certificate", Text, nullable=False),
    Column("kind", String(16), nullable=False),  # publish | rollback
    Column("restores", Integer, ForeignKey("rulebook_version.number")),
    # the version of Sidecue that published it
    Column("sidecue", String(32), nullable=False),
    Index("ix_rulebook_version_digest", "digest"),
)

rulebook_rule = Table(
    "rulebook_rule",
    metadata,
    # what a version of a rule meant when it was first published; it may never mean something else
    Column("rule", String(200), primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("digest", String(64), nullable=False),
)
