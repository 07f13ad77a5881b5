"""Rule files written anew: exactly what is meant changes, and nothing of how its author wrote it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin.fitting.rewriting import NotRewritten, calibration_file, with_calibration, with_version, with_votes
from rules.loader import yaml_strict
from rules.rulebook import Calibration, Function

SUPPORT, SUCCESS, ACCOUNTS = Function
HEAD = "# who wrote this\nschema: 1\nid: a.b\nversion: 3   # since May\n"
TAIL = "\nexamples:\n  - name: says version 3 and support\n    given: {signals: [x]}\n    expect: match\n"
FLOW = f"{HEAD}then:\n  classify: {{support: 4, success: -1}}  # why\n  collaborate: [success]{TAIL}"
BLOCK = (
    f"{HEAD}then:\n  classify:\n    # first of all\n    support: 4  # why\n    success: -1\n"
    f"  collaborate: [success]{TAIL}"
)


def test_flow_votes_change_in_their_place_and_new_ones_come_last():
    written = with_votes("p", FLOW, {SUPPORT: 2, SUCCESS: -1, ACCOUNTS: 3}, 4)

    assert written == FLOW.replace("version: 3 ", "version: 4 ").replace(
        "{support: 4, success: -1}", "{support: 2, success: -1, account_management: 3}"
    )


def test_block_votes_change_in_their_place_and_new_ones_come_last():
    written = with_votes("p", BLOCK, {SUPPORT: 2, SUCCESS: -1, ACCOUNTS: 3}, 4)

    assert written == BLOCK.replace("version: 3 ", "version: 4 ").replace("support: 4  #", "support: 2  #").replace(
        "success: -1\n", "success: -1\n    account_management: 3\n"
    )


@pytest.mark.parametrize(
    ("text", "old", "new"),
    [
        (FLOW, "{support: 4, success: -1}", "{support: 4}"),
        (BLOCK, "    success: -1\n", ""),
        (
            FLOW.replace("{support: 4, success: -1}", "{success: -1, support: 4}"),
            "{success: -1, support: 4}",
            "{support: 4}",
        ),
    ],
)
def test_a_vote_that_is_gone_leaves_no_trace(text, old, new):
    assert with_votes("p", text, {SUPPORT: 4}, 3) == text.replace(old, new)


VOTES = st.dictionaries(st.sampled_from(Function), st.integers(-5, 5), min_size=1)
LAYOUTS = st.sampled_from(
    (
        lambda votes: "then:\n  classify: {" + ", ".join(votes) + "}\n",
        lambda votes: "then: {classify: { " + " , ".join(votes) + " }, collaborate: [success]}\n",
        lambda votes: "then:\n  classify: {" + ",\n             ".join(votes) + "}   # kept\n",
        lambda votes: (
            "then:\n  classify:\n" + "".join(f"    {vote}  # why {number}\n" for number, vote in enumerate(votes))
        ),
        lambda votes: (
            "then:\n    collaborate: [success]\n    classify:\n" + "".join(f"          {vote}\n" for vote in votes)
        ),
    )
)


@given(VOTES, VOTES, LAYOUTS, st.booleans(), st.integers(2, 200))
def test_whatever_the_layout_what_is_meant_is_written_and_every_other_line_stays(
    held, meant, layout, version_last, version
):
    then = layout([f"{function.value}: {vote}" for function, vote in held.items()])
    head, tail = "# a comment\nschema: 1\n", "version: 1\n"
    text = f"{head}{then}{tail}" if version_last else f"{head}{tail}{then}"
    written = with_votes("p", text, meant, version)
    data = yaml_strict.read("p", written).data

    assert data["then"]["classify"] == {function.value: vote for function, vote in meant.items()}
    assert data["version"] == version
    assert written.startswith(head)
    assert written.count("# kept") == text.count("# kept")
    if held == meant:
        assert written == text.replace("version: 1\n", f"version: {version}\n")


def test_a_pack_gets_another_version_quoted_as_it_was():
    text = 'schema: 1\nid: a\nversion: "1.0.9"  # mind\nneeds: []\n'

    assert with_version("p", text, "1.1.0") == text.replace("1.0.9", "1.1.0")


CALIBRATION = (
    "# fitted, not guessed\nschema: 1\nfitted_on: >-\n  old words\n  in two lines\n\n# the numbers\n"
    "intercept: 0.635\nmargin: 0.263  # per vote\nstrength: 0.280\n"
)


def test_a_calibration_keeps_its_comments_and_says_where_it_comes_from():
    made = Calibration(-1.5, 0.7, 0.0, "long words " * 30 + "end")
    written = with_calibration("p", CALIBRATION, made)
    data = yaml_strict.read("p", written).data

    assert data == {"schema": 1, "intercept": -1.5, "margin": 0.7, "strength": 0, "fitted_on": made.fitted_on}
    assert "\n\n# the numbers\nintercept: -1.5\nmargin: 0.7  # per vote\nstrength: 0\n" in written
    assert written.startswith("# fitted, not guessed\n")
    assert "old words" not in written
    assert max(map(len, written.splitlines())) <= 120


def test_a_new_calibration_file_reads_as_what_it_is_made_of():
    made = Calibration(-1.5, 0.7, 0.123, "so many rows: 3")

    assert yaml_strict.read("p", calibration_file(made)).data == {
        "schema": 1,
        "intercept": -1.5,
        "margin": 0.7,
        "strength": 0.123,
        "fitted_on": "so many rows: 3",
    }


def test_what_cannot_be_written_without_risk_is_left_to_a_person():
    with pytest.raises(NotRewritten, match="by hand"):
        with_version("p", "version: one\n", "1.1.0")
