"""What goes wrong is told in the language that was asked for, in one line, with the right exit code."""

import json

import pytest
from click.testing import CliRunner
from laws import every, slow_but
from plugin_cases import lay_database
from publish_cases import put_in, write_desk

from plugin.cli import main
from plugin.store import Store

BEFORE = (
    (2, "new"),
    (2, "new", "shop.offer"),
    (2, "new", "Shop.Offer", "--kind", "guardrail"),
    (2, "new", "shop.pack", "--kind", "guardrail"),
    (2, "new", "retention.cancel", "--kind", "guardrail"),
    (2, "new", "--signal", "shop.x", "--kind", "guardrail"),
    (1, "new", "shop.x", "--kind", "guardrail", "--in", "/proc/nowhere"),
    (2, "test", "--threshold", "90"),
    (2, "test", "--watch", "--format", "json"),
    (2, "explain", "shop.x", "--rule", "shop.y"),
    (1, "history", "--show", "1"),
    (1, "rollback", "1", "-m", "back"),
    (1, "publish", "-m", " "),
    (2, "publish", "/dev/null", "-m", "x"),
)
QUICK = [called for called in BEFORE if "retention.cancel" not in called and "--in" not in called]  # read no packs
OUTSIDE = (
    (2, "tenants", "add", "acme", "--connector", "fax"),
    (2, "tenants", "add", "acme", "--connector", "front", "--api-url", "https://front.test"),
    (2, "tenants", "add", "acme", "--connector", "front", "--api-url", "https://front.test", "--api-token", "t"),
    (2, "tenants", "add", "acme", "--connector", "znuny", "--api-url", "https://znuny.test", "--api-token", "t"),
    (2, "tenants", "add", "acme", "--connector", "front", "--api-url", "front.test", "--api-token", "t"),
    (2, "tenants", "add", "acme", "--connector", "standard", "--group", "success=1"),
    (2, "tenants", "add", "acme", "--connector", "zendesk", "--group", "sales=1"),
    (2, "tenants", "add", "acme", "--connector", "django_helpdesk", "--secret", "a/b"),
    (2, "tenants", "add", "acme", "--connector", "zendesk", "--mapping", "setup.cfg"),
    (1, "tenants", "add", "a b", "--connector", "zendesk"),
    (1, "tenants", "add", "acme", "--connector", "zendesk", "--time-zone", "Mars/Base"),
    (2, "tenants", "set", "acme"),
    (2, "tenants", "set", "acme", "--no-tags"),
    (2, "tenants", "rotate-secret", "acme", "--keep-old", "soon"),
    (2, "inbox", "retry"),
    (1, "inbox", "retry", "dl_1"),
    (1, "inbox", "drop", "dl_1"),
    (2, "outbox", "retry"),
    (1, "outbox", "retry", "sc_1"),
    (2, "connectors", "new", "A"),
    (2, "connectors", "new", "zendesk"),
    (2, "connectors", "replay", "setup.cfg", "--connector", "fax"),
    (2, "connectors", "replay", "setup.cfg", "--connector", "zendesk", "--header", "x"),
    (1, "sac", "dossier", "acme", "7"),
    (2, "proactive", "run", "--tenant", "acme"),
    (2, "proactive", "run", "--as-of", "soon"),
    (2, "classify", "setup.cfg", "--now", "soon"),
    (2, "classify", "setup.cfg", "--out", "/proc/nowhere/x"),
    (2, "rules", "prove", "--certificate", "x", "--property", "x"),
    (2, "rules", "prove", "--property", "x"),
    (2, "rules", "backtest", "--from", "nothing"),
    (2, "rules", "backtest", "--budget", "all=some"),
    (2, "rules", "backtest", "--history", "setup.cfg", "--tenant", "acme"),
    (2, "rules", "backtest", "--report", "no/such/folder/report.html"),
    (2, "rules", "evaluate", "setup.cfg", "--costs", "all"),
    (2, "rules", "explain", "no.rule", "--all"),
    (2, "rules", "explain", "setup.cfg"),
    (2, "rules", "explain", "setup.cfg", "--all", "--rule", "x"),
    (1, "manifest", "check", "setup.cfg"),
)
WORKED = (
    ("tenants", "list"),
    ("inbox", "list"),
    ("inbox", "retry", "--all"),
    ("outbox", "list"),
    ("connectors", "list"),
    ("proactive", "run"),
    ("db", "upgrade"),
)
SETTINGS = (
    ("SIDECUE_HOME", "/proc/nowhere"),
    ("SIDECUE_DATABASE_URL", "postgresql://db"),
    ("SIDECUE_DATABASE_URL", "sqlite://"),
    ("SIDECUE_SECRET_KEY", "short"),
    ("SIDECUE_PUBLIC_URL", "http://sidecue.example"),
    ("SIDECUE_THREADS", "many"),
    ("SIDECUE_LOG_LEVEL", "loud"),
    ("SIDECUE_THREDS", "4"),
)
AFTER = (
    (1, "history", "--show", "9"),
    (1, "history", "--show", "nothing"),
    (1, "rollback", "9", "-m", "back"),
    (2, "history", "--verify", "--show", "1"),
)


@pytest.fixture
def home(tmp_path, monkeypatch):
    for name in ("SIDECUE_PACKS", "SIDECUE_LANG", "LANG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("SIDECUE_HOME", str(tmp_path / "home"))
    (tmp_path / "home").mkdir()
    return tmp_path / "home"


def told(code, *arguments):
    """Return what is printed in Portuguese by `--lang`, in Portuguese by the environment, and in English."""
    runs = []
    for options, environment in (
        (("--lang", "pt-BR"), {"SIDECUE_LANG": "en"}),
        ((), {"SIDECUE_LANG": "pt-BR"}),
        (("--lang", "en"), {"SIDECUE_LANG": "pt-BR"}),
    ):
        done = CliRunner().invoke(main, [*arguments, *options], env=environment)
        assert done.exit_code == code, done.output
        runs.append((done.stderr or done.stdout).splitlines()[-1])
    return runs


def is_told_in_both(code, *arguments):
    by_option, by_environment, english = told(code, *arguments)

    assert by_option == by_environment
    assert by_option.startswith("Erro: ")
    assert english.startswith("Error: ")
    assert by_option.removeprefix("Erro: ") != english.removeprefix("Error: ")


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize("called", slow_but(QUICK, BEFORE), ids=lambda called: " ".join(called[1:]))
def test_a_fault_is_told_in_the_language_asked_for(called):
    is_told_in_both(called[0], "rules", *called[1:])


@pytest.mark.usefixtures("home")
@every("called", OUTSIDE, ids=lambda called: " ".join(called[1:]))
def test_a_fault_outside_of_the_rules_is_told_in_the_language_asked_for(called):
    is_told_in_both(*called)


@pytest.mark.usefixtures("home")
@every("called", WORKED, ids=" ".join)
def test_what_a_command_did_is_told_in_the_language_asked_for(called):
    by_option, by_environment, english = told(0, *called)

    assert by_option == by_environment != english


@pytest.mark.usefixtures("home")
@every(("variable", "value"), SETTINGS)
def test_a_wrong_setting_is_told_in_the_language_of_the_environment(monkeypatch, variable, value):
    with monkeypatch.context() as patched:
        patched.setenv(variable, value)
        is_told_in_both(2, "inbox", "list")


@pytest.fixture
def published(home, tmp_path):
    lay_database(home / "sidecue.db")
    store = Store(f"sqlite:///{home / 'sidecue.db'}")
    put_in(store, write_desk(tmp_path / "a"))
    yield store
    store.close()


@pytest.mark.usefixtures("published")
@pytest.mark.parametrize("called", AFTER, ids=lambda called: " ".join(called[1:]))
def test_a_fault_in_the_history_is_told_in_the_language_asked_for(called):
    is_told_in_both(called[0], "rules", *called[1:])


def test_a_broken_history_is_told_in_the_language_asked_for(published):
    with published.write() as connection:
        connection.exec_driver_sql("DROP TRIGGER rulebook_version_no_update")
        connection.exec_driver_sql("UPDATE rulebook_version SET author = 'Eva'")
    portuguese, english = (
        CliRunner().invoke(main, ["rules", "history", "--verify", "--lang", locale, "--format", "json"])
        for locale in ("pt-BR", "en")
    )

    assert portuguese.exit_code == english.exit_code == 1
    assert json.loads(portuguese.stdout)["broken"]["problem"] == "a linha foi mudada depois de publicada"
    assert json.loads(english.stdout)["broken"]["problem"] == "the row was changed after it was published"
