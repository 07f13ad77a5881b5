"""Generated rulebooks and facts for the laws of decisions: few actions and signals, so that they meet."""

from decide_books import ALWAYS, action, book, contact, derives, facts, recommends, said, suppresses, votes
from hypothesis import settings
from hypothesis import strategies as st

from rules.conditions import All, AnyOf, Exists, Not, Op, Test
from rules.rulebook import Function, Kind, Status, Worth

steady = settings(derandomize=True, deadline=None)
"""The same cases in every run, on a machine of any speed."""

NAMES = [f"a.{letter}" for letter in "abcdefg"]
SIGNALS = ["outage", "cancel", "price"]

_tests = st.one_of(
    st.sampled_from(SIGNALS).map(said),
    st.integers(0, 20).map(lambda value: Test("customer.seats", Op.AT_LEAST, value)),
    st.booleans().map(lambda value: Test("customer.opted_out", Op.IS, value)),
    st.just(Test("customer.mrr", Op.KNOWN, value=True)),
    st.sampled_from([Kind.UPSELL.value, Kind.INFORM.value]).map(
        lambda kind: Exists("contacts", Test("kind", Op.IS, kind))
    ),
)
_late = st.sampled_from(["support", "success", "account_management"]).map(
    lambda function: Test("decision.primary", Op.IS, function)
)


def _tree(leaf):
    return st.recursive(
        leaf,
        lambda part: st.one_of(
            st.lists(part, min_size=1, max_size=3).map(lambda parts: All(tuple(parts))),
            st.lists(part, min_size=1, max_size=3).map(lambda parts: AnyOf(tuple(parts))),
            part.map(Not),
        ),
        max_leaves=4,
    )


conditions = st.just(ALWAYS) | _tree(_tests)
late_conditions = st.just(ALWAYS) | _tree(_tests | _late)
statuses = st.sampled_from([Status.STABLE, Status.STABLE, Status.TEST, Status.EXPERIMENTAL, Status.DEPRECATED])

# A strategy that is made where it is drawn is made, and looked through, for every draw.
_flags = st.booleans()
_kinds = st.sampled_from(Kind)
_names = st.sampled_from(NAMES)
_due = st.sampled_from([1.0, 24.0, 72.0])
_worths = st.sampled_from([Worth(None, 1.0, 1.0), Worth("customer.mrr", 0.01, 2.0)])
_cooldowns = st.sampled_from([0, 7, 30])
_needs = st.none() | late_conditions
_conflicts = st.sets(_names, max_size=1)
_scores = st.dictionaries(st.sampled_from([function.value for function in Function]), st.integers(-5, 5))
_severities = st.sampled_from(["low", "high", "severe"])
_levers = st.sampled_from([0.1, 0.5, 1.0, 2.0, 5.0])
_some_kinds = st.lists(_kinds, max_size=2)
_some_actions = st.lists(st.sampled_from([*NAMES, "support.sop", "support.triage"]), max_size=2)
_counts = {most: st.integers(0, most) for most in (2, 3, 9, 20, 1000)}
_cancellations = st.sampled_from(["none", "requested", "confirmed"])
_contacts = st.lists(
    st.builds(contact, _names, st.sampled_from([0.0, 1.5, 6.999988, 7.0, 29.999988, 30.0]), _kinds), max_size=4
)
_said = st.sets(st.sampled_from(SIGNALS))


@st.composite
def rulebooks(draw):
    """A rulebook with rules of every kind over seven actions."""
    parts = [
        action(
            name,
            draw(_kinds),
            due_in_hours=draw(_due),
            worth=draw(_worths),
            cooldown_days=draw(_cooldowns),
            needs=draw(_needs),
            conflicts_with=tuple(draw(_conflicts) - {name}),
        )
        for name in NAMES
    ]
    parts += [
        votes(f"c.{index}", draw(conditions), status=draw(statuses), **draw(_scores))
        for index in range(draw(_counts[3]))
    ]
    parts += [
        derives(
            f"d.{index}",
            draw(conditions),
            status=draw(statuses),
            severity=draw(_severities),
        )
        for index in range(draw(_counts[2]))
    ]
    parts += [
        recommends(
            f"r.{index}",
            draw(_names),
            draw(late_conditions),
            lever=draw(_levers),
            status=draw(statuses),
        )
        for index in range(draw(_counts[9]))
    ]
    parts += [
        suppresses(
            f"g.{index}",
            draw(late_conditions),
            kinds=draw(_some_kinds),
            actions=draw(_some_actions),
            unless_false=draw(_flags),
            status=draw(statuses),
        )
        for index in range(draw(_counts[3]))
    ]
    return book(*parts)


@st.composite
def fact_sets(draw):
    """Facts with some of the fields unknown, and contacts near the edges."""
    values = {}
    if draw(_flags):
        values["customer_seats"] = draw(_counts[20])
    if draw(_flags):
        values["customer_opted_out"] = draw(_flags)
    if draw(_flags):
        values["customer_mrr"] = float(draw(_counts[1000]))
    if draw(_flags):
        values["customer_cancellation"] = draw(_cancellations)
    return facts(*draw(_said), contacts=draw(_contacts), **values)


acceptances = st.dictionaries(
    st.sampled_from(NAMES), st.tuples(st.integers(0, 50), st.integers(0, 50)).map(lambda pair: tuple(sorted(pair)))
)
