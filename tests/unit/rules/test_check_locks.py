"""No rule and no pack changes under a version that somebody already has."""

# ruff: noqa: E501 - tables of cases read best with one case a line

import pytest
from rule_files import CALL, DERIVATION, GUARDRAIL, OFFER, PACK, RULE, SIGNAL, VOTE, line_of, write_pack

from rules.check import check, locks
from rules.loader import SHIPPED, load, read
from rules.loader.versions import FILE_NAME, Level, LockBroken, locked, parse
from rules.rulebook import Status

ALONE = RULE.replace("shop.renewal_call", "shop.alone").replace("shop.call", "shop.upgrade")


def lock(folder):
    locks.write(read([folder]))
    return folder


@pytest.fixture
def pack(tmp_path):
    """The pack, locked at version 1.0.0; call it with files to change."""
    lock(write_pack(tmp_path))

    def write(**changed):
        return write_pack(tmp_path, **changed)

    return write


def codes(folder):
    return [found.code for found in check([folder], solver=False).findings]


def of(folder, code):
    found = [finding for finding in check([folder], solver=False).findings if finding.code == code]
    assert len(found) == 1, [str(finding) for finding in found]
    return found[0]


def bumped(version):
    return PACK.replace("1.0.0", version)


def test_a_locked_pack_has_no_findings_and_locking_again_changes_nothing(pack):
    folder = pack()

    assert codes(folder) == []
    assert [one.is_new for one in locks.write(read([folder]))] == [False]


# --- rules --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "content", "old", "new", "changed"),
    [
        ("renewal_call", RULE, "has: broken_thing", "has_any: [broken_thing]", "`when`"),
        ("renewal_call", RULE, "at_least: 5000", "at_least: 5001", "`when`"),
        ("renewal_call", RULE, "lever: 1.2", "lever: 1.3", "`then`"),
        ("no_sale", GUARDRAIL, "kinds: [upsell]", "kinds: [upsell, expand]", "`then`"),
        ("no_sale", GUARDRAIL, "on_unknown: suppress\n", "", "`on_unknown`"),
        ("severe", DERIVATION, "severity: severe", "severity: high", "`then`"),
        ("vote", VOTE, "support: 3", "support: 2", "`then`"),
        ("vote", VOTE, "collaborate: [success]", "collaborate: [account_management]", "`then`"),
    ],
)
def test_a_rule_that_means_something_else_needs_a_new_version(pack, name, content, old, new, changed):
    broken = content.replace(old, new, 1)
    found = of(pack(**{name: broken}), "version.unchanged")

    assert (found.line, found.column) == (line_of(broken, "version:"), 10)
    assert f"changed {changed}" in found.what("en")
    assert "is still version 1" in found.what("en")
    assert f"mudou {changed}" in found.what("pt-BR")
    assert "version: 2" in found.mend("en")


def test_every_part_that_changed_is_named(pack):
    changed = GUARDRAIL.replace("severity: severe\n", "severity: high\n", 1).replace("[upsell]", "[expand]")
    found = of(pack(no_sale=changed.replace("on_unknown: suppress\n", "")), "version.unchanged")

    assert "changed `when`, `then` and `on_unknown`" in found.what("en")
    assert "mudou `when`, `then` e `on_unknown`" in found.what("pt-BR")


@pytest.mark.parametrize(
    ("name", "content", "old", "new"),
    [
        ("renewal_call", RULE, "[key, enterprise]", "[enterprise, key]"),
        ("renewal_call", RULE, "- customer.tier: {in: [key, enterprise]}\n        - customer.mrr: {at_least: 5000}", "- customer.mrr: {at_least: 5000.0}\n        - customer.tier: {in: [key, enterprise]}"),
        ("renewal_call", RULE, "when:\n", "when:  # who may leave\n"),
        ("no_sale", GUARDRAIL, "en: A fault is open}\nexamples", "en: Something is broken}\nexamples"),
    ],
)  # fmt: skip
def test_another_order_layout_or_reason_is_the_same_version(pack, name, content, old, new):
    assert "version.unchanged" not in codes(pack(**{name: content.replace(old, new)}))


def test_a_changed_rule_with_a_new_version_is_right(pack):
    changed = RULE.replace("version: 1", "version: 2").replace("5000", "5001")
    folder = pack(renewal_call=changed, pack=bumped("1.1.0"))

    assert codes(folder) == ["pack.lock_behind"]
    assert codes(lock(folder)) == []


@pytest.mark.parametrize(("bound", "least"), [("5000", 3), ("5001", 4)])
def test_a_version_never_goes_down(tmp_path, bound, least):
    lock(write_pack(tmp_path, renewal_call=RULE.replace("version: 1", "version: 3")))
    changed = RULE.replace("version: 1", "version: 2").replace("5000", bound)
    found = of(write_pack(tmp_path, renewal_call=changed, pack=bumped("1.1.0")), "version.went_down")

    assert (found.line, found.column) == (line_of(changed, "version:"), 10)
    assert "from 3 to 2" in found.what("en")
    assert f"version: {least}" in found.mend("en")


def test_a_new_rule_is_not_locked_yet(pack):
    folder = pack(alone=ALONE, pack=bumped("1.1.0"))
    found = of(folder, "version.not_locked")

    assert (found.path, found.line, found.severity) == (str(folder / "alone.yml"), 3, "warning")
    assert codes(lock(folder)) == []


def test_a_file_on_its_own_is_held_to_its_line(pack):
    folder = pack(renewal_call=RULE.replace("5000", "5001"))

    changed, other = (check([folder / f"{name}.yml"], context=[folder]).findings for name in ("renewal_call", "vote"))

    assert [(found.code, found.path) for found in changed] == [("version.unchanged", str(folder / "renewal_call.yml"))]
    assert other == ()


def test_a_tenant_has_locks_of_its_own(tmp_path):
    shipped = lock(write_pack(tmp_path / "shipped"))
    tenant = tmp_path / "tenant" / "shop"
    tenant.mkdir(parents=True)
    (tenant / "alone.yml").write_text(ALONE, "utf-8")
    (tenant / "renewal_call.yml").write_text(
        "schema: 1\noverlay: shop.renewal_call\nthen: {recommend: {lever: 2.0}}\n", "utf-8"
    )
    reading = read([shipped], [tenant.parent])
    assert [(one.path, one.is_new) for one in locks.write(reading)] == [
        (str(shipped / FILE_NAME), False),
        (str(tenant / FILE_NAME), True),
    ]

    (tenant / "alone.yml").write_text(ALONE.replace("5000", "5001"), "utf-8")
    found = check([shipped], [tenant.parent], solver=False).findings

    assert [(one.code, one.path) for one in found] == [
        ("version.unchanged", str(tenant / "alone.yml")),
        ("pack.lock_behind", str(tenant / FILE_NAME)),
    ]


# --- packs --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changed", "least", "said"),
    [
        ({"no_sale": GUARDRAIL.replace("version: 1", "version: 2").replace("severity: severe\n", "severity: high\n", 1)}, "2.0.0", "shop.no_sale changed `when`"),
        ({"no_sale": GUARDRAIL.replace("version: 1", "version: 2").replace("[upsell]", "[upsell, expand]")}, "2.0.0", "shop.no_sale changed `then`"),
        ({"no_sale": GUARDRAIL.replace("status: stable", "status: experimental")}, "2.0.0", "shop.no_sale no longer guards"),
        ({"vote": VOTE.replace("version: 1", "version: 2").replace("support: 3", "support: 2")}, "1.1.0", "shop.vote changed `then`"),
        ({"vote": VOTE.replace("status: stable", "status: test")}, "1.1.0", "shop.vote changed `status`"),
        ({"alone": ALONE}, "1.1.0", "shop.alone is new"),
        ({"signals__broken_thing": SIGNAL.replace("stopped ~1 working", "stopped ~2 working")}, "1.1.0", "broken_thing changed what it looks for"),
        ({"actions__call": CALL.replace("cooldown_days: 7", "cooldown_days: 8")}, "1.1.0", "shop.call changed what decides"),
        ({"actions__call": CALL.replace("en: Take notes.", "en: Write it down.")}, "1.0.1", "shop.call changed only texts"),
        ({"vote": VOTE.replace("It is support", "Support does it")}, "1.0.1", "shop.vote changed only texts"),
        ({"vote": VOTE.replace("name: said", "name: says so")}, "1.0.1", "shop.vote changed only texts"),
        ({"no_sale": GUARDRAIL.replace("en: A fault is open}\nexamples", "en: It is broken}\nexamples")}, "1.0.1", "shop.no_sale changed only texts"),
        ({"signals__broken_thing": SIGNAL.replace("today]", "again]")}, "1.0.1", "broken_thing changed only texts"),
    ],
)  # fmt: skip
def test_a_pack_version_tells_of_the_gravest_change(pack, changed, least, said):
    found = of(pack(**changed), "pack.version_low")
    major, minor, patch = map(int, least.split("."))
    enough = codes(pack(**changed, pack=bumped(least)))
    more = codes(pack(**changed, pack=bumped(f"{major + 1}.0.0")))

    assert (found.line, found.column) == (line_of(PACK, "version:"), 10)
    assert said in found.what("en")
    assert least in found.mend("en")
    assert "pack.version_low" not in enough + more
    if patch == 0:
        too_little = f"{major}.{minor - 1}.9" if minor else "1.9.9"
        assert "pack.version_low" in codes(pack(**changed, pack=bumped(too_little)))


def test_what_is_gone_is_major(pack):
    folder = pack(pack=bumped("1.9.0"))
    (folder / "vote.yml").unlink()
    found = of(folder, "pack.version_low")

    assert "shop.vote is gone" in found.what("en")
    assert "2.0.0" in found.mend("en")


def test_the_gravest_changes_are_named_and_the_others_counted(pack):
    new = {f"alone{number}": ALONE.replace("shop.alone", f"shop.alone{number}") for number in range(5)}

    assert "shop.alone2 is new; and 2 more)" in of(pack(**new), "pack.version_low").what("en")


def test_a_pack_version_never_goes_down(pack):
    found = of(pack(pack=bumped("0.9.9")), "pack.version_down")

    assert (found.line, found.column) == (line_of(PACK, "version:"), 10)
    assert "from 1.0.0 to 0.9.9" in found.what("en")


def test_versions_are_compared_as_numbers():
    assert [level.least_after("1.9.9") for level in Level] == ["1.9.10", "1.10.0", "2.0.0"]


def test_a_pack_that_raises_versions_wants_a_lock(tmp_path):
    first = codes(write_pack(tmp_path))
    raised = of(write_pack(tmp_path, pack=bumped("1.0.1")), "pack.not_locked")

    assert first == []
    assert (raised.line, raised.severity) == (line_of(PACK, "version:"), "warning")


# --- the file -----------------------------------------------------------------------------------


def test_a_lock_has_a_sorted_line_for_each_item(pack):
    lines = [line for line in (pack() / FILE_NAME).read_text("utf-8").splitlines() if not line.startswith("#")]

    assert lines[0] == "pack shop 1.0.0"
    assert [line.split()[1] for line in lines[1:]] == [
        "shop.call",
        "shop.upgrade",
        "broken_thing",
        "shop.no_sale",
        "shop.offer_more",
        "shop.renewal_call",
        "shop.severe",
        "shop.vote",
    ]
    assert lines[4].startswith("rule shop.no_sale v1 guardrail+on_unknown stable when:")


def test_one_change_is_one_line(pack):
    folder = pack()
    before = (folder / FILE_NAME).read_text("utf-8").splitlines()
    lock(pack(offer_more=OFFER.replace("version: 1", "version: 2").replace("0.9}", "0.8}")))
    after = (folder / FILE_NAME).read_text("utf-8").splitlines()

    assert sum(one != other for one, other in zip(before, after, strict=True)) == 1


@pytest.mark.parametrize(
    "line",
    [
        "<<<<<<< HEAD",
        "rule shop.vote v1 classification stable when:12 then:34 texts:56",
        "rule shop.vote v1 classification stable",
        "pack other 1.0.0",
        "pack shop 1.0",
        "pack shop 1.0.0",  # a second one
        "versions: {}",
    ],
)
def test_a_broken_lock_is_told_with_its_line(pack, line):
    path = pack() / FILE_NAME
    content = path.read_text("utf-8") + line + "\n"
    path.write_text(content, "utf-8")
    found = of(path.parent, "pack.lock_broken")

    assert (found.path, found.line) == (str(path), content.count("\n"))
    assert line in found.what("en")


def test_a_line_that_is_there_twice_breaks_the_lock(pack):
    content = (pack() / FILE_NAME).read_text("utf-8")

    with pytest.raises(LockBroken):
        parse("shop", content + content.splitlines()[-1])


@pytest.mark.parametrize("content", [b"\xff\xfe", None])
def test_a_lock_that_cannot_be_read_is_told(pack, content):
    path = pack() / FILE_NAME
    path.unlink()
    path.mkdir() if content is None else path.write_bytes(content)

    assert codes(path.parent) == ["file.unreadable"]


# --- what others hold versions to ---------------------------------------------------------------


def test_status_is_no_part_of_what_a_rule_means(pack):
    stable, test = (
        load([pack(vote=VOTE.replace("stable", status))]).rules["shop.vote"] for status in ("stable", "test")
    )

    assert (stable.status, test.status) == (Status.STABLE, Status.TEST)
    assert locked(stable) == locked(test)


def test_the_shipped_packs_are_locked_as_they_are():
    folders = sorted(path.parent for path in SHIPPED.glob("*/pack.yml"))
    found = [str(finding) for finding in locks.check(read([SHIPPED]))]

    assert found == []
    assert [folder.name for folder in folders if not (folder / FILE_NAME).is_file()] == []
