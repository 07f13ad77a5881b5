"""Small domains, enumerated: every situation with at most so many things known, out of a few per field."""

from itertools import combinations, product

from drawn_facts import NOW

from rules.facts import facts_from_given
from rules.vocabulary import FIELDS

SEVERITIES = FIELDS["severity"].values


def said(*names, most=2):
    """Every set of at most `most` of the signals, the empty one first."""
    return [found for count in range(most + 1) for found in combinations(names, count)]


def tickets(*names, severities=()):
    """No other ticket, or one that says one or two things, or is so severe."""
    items = [{"signals": list(found)} for found in said(*names) if found]
    return [None, *([item] for item in items), *([{"severity": value}] for value in severities)]


def situations(most, **domains):
    """Yield facts for every combination of the domains in which at most `most` things are known.

    A domain is a list of values with None (unknown, nothing) first; `customer_x` stands for customer.x.
    """
    names = list(domains)
    for values in product(*domains.values()):
        known = {name: value for name, value in zip(names, values, strict=True) if value not in (None, ())}
        if len(known) > most:
            continue
        given = {}
        for name, value in known.items():
            group, _, rest = name.partition("_")
            if group in ("customer", "ticket"):
                given.setdefault(group, {})[rest] = value
            else:
                given[name] = value
        yield facts_from_given(given, NOW)


PAYMENTS = ("payments_affected", "urgency")
RUNNING = [None, ["answer"], ["history"], ["cancellation"], ["suspended_charge"], ["record"], ["no_selling"]]
RETAINED = ("cancel_request", "leave_threat", "downgrade_request", "slow_performance", "how_to_question", "praise")
SMALL = {
    "no_selling_severe_incident": lambda: situations(
        2,
        signals=said("outage", "severe_failure", "product_failure", "invoice_copy", *PAYMENTS),
        severity=[None, *SEVERITIES],
        open_tickets=tickets("outage", "severe_failure", "invoice_copy", *PAYMENTS, severities=SEVERITIES),
    ),
    "no_selling_while_leaving": lambda: situations(
        3,
        signals=said("cancel_request", "leave_threat", "invoice_copy"),
        customer_cancellation=[None, "none", "requested", "confirmed"],
        customer_lifecycle=[None, "prospect", "trial", "onboarding", "active", "churned"],
        open_tickets=tickets("cancel_request", "leave_threat", "invoice_copy"),
    ),
    "no_selling_detractor": lambda: situations(
        3,
        customer_nps=[None, 0, 5, 6, 7, 8, 9, 10],
        customer_nps_class=[None, "detractor", "passive", "promoter"],
        customer_days_since_nps=[None, 0, 59, 60, 61, 88, 89, 90, 91, 120, 121],
    ),
    "no_selling_open_complaint": lambda: situations(
        2,
        signals=said("complaint", "regulator_mention", "invoice_copy"),
        open_tickets=tickets("complaint", "regulator_mention", "invoice_copy"),
    ),
    "no_selling_dispute": lambda: situations(
        3,
        signals=said("dispute_charge", "duplicate_charge", "invoice_copy"),
        customer_open_dispute=[None, False, True],
        customer_overdue_invoices=[None, 0, 1, 2, 31],
        customer_days_overdue=[None, 0, 1, 2, 31],
        invoices=[None, [{}], *([{"status": value}] for value in ("open", "paid", "overdue", "disputed"))],
        open_tickets=tickets("dispute_charge", "duplicate_charge", "invoice_copy"),
    ),
    "no_selling_after_opt_out": lambda: situations(
        3,
        signals=said("opt_out_request", "invoice_copy"),
        customer_opted_out=[None, False, True],
        open_tickets=tickets("opt_out_request", "invoice_copy"),
    ),
    "no_selling_to_prospects": lambda: situations(
        3,
        signals=said("prospect_interest", "invoice_copy"),
        customer_is_prospect=[None, False, True],
        customer_lifecycle=[None, "prospect", "trial", "onboarding", "active", "churned"],
    ),
    "win_back_after_cancellation": lambda: situations(
        1, customer_cancellation=[None, "none", "requested", "confirmed"]
    ),
    "no_retention_before_registration": lambda: situations(
        3,
        signals=said(*RETAINED),
        customer_cancellation=[None, "none", "requested", "confirmed"],
        customer_regulated_sector=[None, True],
        open_tickets=tickets("cancel_request", "invoice_copy"),
    ),
    "no_selling_while_sac_waits": lambda: situations(
        3,
        ticket_sac_running=RUNNING,
        customer_regulated_sector=[None, False, True],
        open_tickets=[None, [{}], [{"age_hours": 0.0}], [{"age_hours": 2.0}]],
    ),
    "cancelled_before_retained": lambda: situations(
        3,
        signals=said("cancel_request", "leave_threat", "downgrade_request"),
        ticket_sac_running=RUNNING,
        customer_cancellation=[None, "none", "requested", "confirmed"],
    ),
    "sac_cancels_at_once": lambda: situations(
        4,
        signals=said(
            "cancel_request",
            "opt_out_request",
            "outage",
            "complaint",
            "prospect_interest",
            "dispute_charge",
            "contact_later",
            most=1,
        ),
        ticket_sac_running=[None, ["answer"], ["cancellation"]],
        customer_regulated_sector=[None, False, True],
        customer_cancellation=[None, "none", "requested", "confirmed"],
        customer_nps_class=[None, "detractor"],
        customer_open_dispute=[None, True],
    ),
    "cancellation_registered": lambda: situations(
        3,
        signals=said(
            "cancel_request",
            "opt_out_request",
            "outage",
            "complaint",
            "prospect_interest",
            "dispute_charge",
            "contact_later",
        ),
        ticket_sac_running=[None, ["cancellation"]],
        customer_cancellation=[None, "none", "requested", "confirmed"],
        customer_regulated_sector=[None, False, True],
        customer_nps_class=[None, "detractor"],
        customer_open_dispute=[None, True],
    ),
}
"""Property -> the small domain in which it is held against every rulebook of a test."""
