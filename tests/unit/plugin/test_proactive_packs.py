"""The shipped packs find the planted accounts without a ticket, and leave the others alone."""

from __future__ import annotations

from datetime import timedelta

import plugin_cases as plugin
import pytest

from plugin.judges import judges_of_files
from plugin.proactive.evaluating import evaluate
from plugin.store import customers, work
from rules.model import Customer

TODAY = plugin.START.date()
WELL = {"lifecycle": "active", "cancellation": "none", "health": "good", "opted_out": False}
PLANTED = {
    "stopped using it": ({"usage_change_pct": -60}, {}, {("success", "success.ask_usage_motive")}),
    "nobody logs in": ({}, {"last_login_on": -45}, {("success", "success.ask_usage_motive")}),
    "renews in 90 days": ({}, {"renewal_on": 90}, {("account_management", "accounts.renewal_90")}),
    "renews in 60 days": ({}, {"renewal_on": 60}, {("account_management", "accounts.renewal_talk")}),
    "renews in 30 days": ({}, {"renewal_on": 30}, {("account_management", "accounts.renewal_30")}),
    "onboarding stalled": (
        {"lifecycle": "onboarding", "onboarding_pct": 30},
        {"onboarding_progress_on": -20},
        {("success", "success.first_result")},
    ),
    "detractor without follow-up": (
        {"nps": 2},
        {"nps_answered_on": -5},
        {("success", "success.follow_up_detractor")},
    ),
    "plan asks for a contact": ({}, {"next_touch_on": -1}, {("success", "success.next_touch")}),
    "trial ends": ({"lifecycle": "trial"}, {"trial_ends_on": 3}, {("success", "success.trial_review")}),
    "left a while ago": (
        {"lifecycle": "churned", "cancellation": "confirmed"},
        {"cancelled_on": -60},
        {("success", "retention.win_back_call")},
    ),
    "renewal at risk": (
        {"health": "poor"},
        {"renewal_on": 45},
        {
            ("success", "retention.retention_call"),
            ("account_management", "accounts.renewal_60"),
        },
    ),
    "all is well": ({}, {"renewal_on": 300, "last_login_on": -1}, set()),
    "leaving, with a renewal near": ({"cancellation": "requested"}, {"renewal_on": 30}, set()),
}


@pytest.fixture
def here(tmp_path):
    made = plugin.new_services(tmp_path, plugin.Clock(), lambda: judges_of_files(None))
    yield made
    made.stop()


@pytest.mark.slow
def test_planted_accounts_are_found_by_the_function_they_need(here):
    tenant = plugin.new_tenant(here)
    with here.store.write() as connection:
        for name, (attributes, dates, _) in PLANTED.items():
            days = {key: TODAY + timedelta(days=away) for key, away in dates.items()}
            customers.put(connection, tenant.id, Customer(name, attributes=WELL | attributes, dates=days), here.now())

    tally = evaluate(here.store, tenant, here.decider_holder.judges(), owner="me", now=here.now(), clock=here.now)
    found = {name: set() for name in PLANTED}
    with here.store.read() as connection:
        for one in work.listing(connection, tenant.id, limit=200).items:
            found[one.customer] |= {(one.item.function.value, action) for action, _ in one.item.actions}

    assert tally.customers == len(PLANTED)
    assert {name: found[name] & wanted for name, (_, _, wanted) in PLANTED.items()} == {
        name: wanted for name, (_, _, wanted) in PLANTED.items()
    }
    assert {name: found[name] for name in ("all is well", "leaving, with a renewal near")} == {
        "all is well": set(),
        "leaving, with a renewal near": set(),
    }
