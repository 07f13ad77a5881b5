"""Whatever is in a rule file: findings or a rulebook, never another exception."""

# ruff: noqa: E501 - tables of cases read best with one case a line

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from rule_files import FILES, write_pack

from rules.loader import as_json, read_all, yaml_strict
from rules.loader.build import build
from rules.loader.sources import FileKind, Layer, SourceFile

pytestmark = pytest.mark.slow

KINDS = {
    "pack.yml": FileKind.PACK,
    "signals/broken_thing.yml": FileKind.SIGNAL,
    "actions/call.yml": FileKind.ACTION,
    "actions/upgrade.yml": FileKind.ACTION,
}
PIECES = (
    "no", "1.10", "2024-01-01", "{}", "[]", "[[]]", '""', "null", "~", "- ", ": ", "{", "}", "[", "]", "\n", "\n  ", "\t", "\0",
    "&a ", "*a", "!!str ", "<<: ", "---\n", "true", "-1", "9" * 30, "1e400", "\udcff", "é", "{a: b}", "overlay: shop.call\n",
    "all: []", "any", "not", "exists", "where", "when:", "then:", "examples:", "given:", "x: y", "{|}", "(", "~9", "|", "#", "'",
)  # fmt: skip


@st.composite
def mutants(draw):
    """A right file with up to six pieces put in, cut out or doubled."""
    name = draw(st.sampled_from(sorted(FILES)))
    text = FILES[name]
    for _ in range(draw(st.integers(1, 6))):
        start = draw(st.integers(0, len(text)))
        end = min(len(text), start + draw(st.integers(0, 30)))
        piece = draw(st.sampled_from(PIECES) | st.just(text[start:end]) | st.text(max_size=5))
        text = text[:start] + piece + text[draw(st.sampled_from((start, end))) :]
    return name, text


def tried(name, text, tmp):
    """Return what is found in the file, every text of every finding read."""
    source = SourceFile(tmp / name, name, Layer.BASE, KINDS.get(name, FileKind.RULE), "shop")
    try:
        document = yaml_strict.read(name, text)
    except yaml_strict.RuleFilesInvalid as problem:
        found = list(problem.findings)
        assert found
    else:
        draft, found = build(document, source)
        assert (draft is None) == bool(found)
    for locale in ("pt-BR", "en"):
        assert all(entry["what"] and entry["why"] and entry["mend"] for entry in as_json(found, locale))
    lines = text.count("\n") + 2
    assert all(1 <= finding.line <= lines and finding.column >= 1 for finding in found)


@settings(derandomize=True, deadline=None, max_examples=400)
@given(mutants())
@example(("renewal_call.yml", "[]"))
@example(("renewal_call.yml", "x"))
@example(("pack.yml", "overlay: 1"))
def test_mutated_file_gives_findings_or_a_draft(tmp_path_factory, mutant):
    tried(*mutant, tmp_path_factory.getbasetemp())


PLAIN = st.recursive(
    st.sampled_from(["true", "1", "2.5", "match", "pt-BR", "customer.tier", "'x'", "signals", "key"]),
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda items: "[" + ", ".join(items) + "]")
        | st.dictionaries(
            st.sampled_from(
                ["all", "any", "not", "in", "where", "exists", "signals", "customer.nps", "has", "pt-BR", "en", "x"]
            ),
            inner,
            max_size=3,
        ).map(lambda items: "{" + ", ".join(f"{key}: {value}" for key, value in items.items()) + "}")
    ),
    max_leaves=8,
)


@settings(derandomize=True, deadline=None, max_examples=400)
@given(
    st.sampled_from(sorted(FILES)).flatmap(
        lambda name: st.tuples(
            st.just(name),
            st.sampled_from([line.split(":")[0] for line in FILES[name].splitlines() if line[0].isalpha()]),
            PLAIN,
        )
    )
)
def test_any_value_under_any_key_gives_findings_or_a_draft(tmp_path_factory, case):
    name, key, value = case
    kept, skipping = [], False
    for line in FILES[name].splitlines():
        skipping = line.startswith(f"{key}:") or (skipping and not line[0].isalpha())
        if not skipping:
            kept.append(line)
    tried(name, "\n".join([f"{key}: {value}", *kept]) + "\n", tmp_path_factory.getbasetemp())


@settings(derandomize=True, deadline=None, max_examples=40)
@given(mutants())
def test_pack_with_a_mutated_file_loads_or_says_why(tmp_path_factory, mutant):
    folder = write_pack(tmp_path_factory.mktemp("fuzz"))
    name, text = mutant
    (folder / name).write_bytes(text.encode("utf-8", "surrogatepass"))
    rulebook, findings = read_all([folder])

    assert (rulebook is None) == any(found.is_error for found in findings)


@pytest.mark.parametrize("name", sorted(FILES))
def test_file_cut_at_any_line_gives_findings_or_a_draft(tmp_path, name):
    lines = FILES[name].splitlines(keepends=True)
    for count in range(len(lines)):
        tried(name, "".join(lines[:count]), tmp_path)
