"""What an admin tells a connector is held when it is told, by the kind that the folder states."""

from __future__ import annotations

import functools
import json
import re
import shlex

import pytest
from contract_signing import CONNECTORS
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from connectors.settings import KINDS
from plugin.cli.errors import UsageFault
from plugin.cli.tenant_options import api_url_of
from plugin.cli.tenant_settings import require_whole, settings_of

GUIDES = ("doc.md", "doc.pt-BR.md")
ADDRESS = "https://desk.example.org"
PUBLIC = (serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
WRONG = {
    "text": [" led", "two\nlines", "x" * 501],
    "number": ["eleven", "0", "-4", "4 711", "4711\n"],
    "url": ["desk.example.org", "https://me:s3cret@desk.example.org", "https://a.example;x", "javascript:alert(1)"],
    "time_zone": ["Sao Paulo", "America", "../etc/passwd", "GMT-03:00 Brasilia"],
    "public_key": ["MIIB", "-----BEGIN PUBLIC KEY-----\n-----END PUBLIC KEY-----", "$(cat public_key.pem)"],
    "addresses": ["acme.example", "Support <support@acme.example>", "a@acme.example b@acme.example", " , "],
    "people": ["Bruno", "a@acme.example b@acme.example", ","],
    "marker": ["[#]", "{ticket}", " {ticket} ", "[#{ticket}] {ticket}", "[#{number}]"],
    "statuses": ["998", "998=done", "=open", "998=open,998=closed", "998=open,,99", ","],
}
RIGHT = {
    "text": ["Produto", "Área do cliente", "s3cret=with=signs"],
    "number": ["1", "31138000001300001"],
    "url": ["https://desk.example.org/base", "http://127.0.0.1:8300", "https://[::1]:8443/"],
    "time_zone": ["America/Sao_Paulo", "UTC"],
    "addresses": ["support@acme.example", "Suporte@acme.example; vendas@acme.example,"],
    "people": ["acme.example", "@acme.example,bruno@partner.example", "@intranet"],
    "marker": ["[#{ticket}]", "Chamado {ticket}"],
    "statuses": ["novo=new", "998=pending, 1002=Closed;7=on_hold"],
}
EVERY = [
    pytest.param(name, each, id=f"{name}:{each.name}")
    for name in CONNECTORS
    for each in CONNECTORS[name].manifest.settings
]


@functools.cache
def pem(*, rsa_key=True):
    made = rsa.generate_private_key(65537, 2048) if rsa_key else ec.generate_private_key(ec.SECP256R1())
    return made.public_key().public_bytes(*PUBLIC).decode()


def faults_of(manifest, *pairs):
    """Return in both languages why the pairs are refused."""
    with pytest.raises(UsageFault) as caught:
        settings_of(manifest, pairs)
    return caught.value.text.pt_br, caught.value.text.en


@pytest.mark.parametrize(("name", "setting"), EVERY)
def test_a_value_that_is_not_written_as_its_kind_is_is_refused_in_both_languages(name, setting):
    manifest = CONNECTORS[name].manifest

    for value in WRONG[setting.kind]:
        portuguese, english = faults_of(manifest, f"{setting.name}={value}")

        assert portuguese.startswith(f"--set {setting.name}: ")
        assert english.startswith(f"--set {setting.name}: ")
        assert portuguese.endswith(KINDS[setting.kind].form.pt_br)
        assert english.endswith(KINDS[setting.kind].form.en)
        if setting.secret:
            assert value.strip() not in english + portuguese


@pytest.mark.parametrize("name", CONNECTORS)
def test_what_the_guides_have_an_admin_tell_is_taken(name):
    """The shell puts the key's file into its place; what else is written in capitals is taken as it stands."""
    loaded = CONNECTORS[name]
    for guide in GUIDES:
        text = (loaded.folder / guide).read_text("utf-8").replace("$(cat public_key.pem)", pem())
        commands = re.findall(r"--set ('[^']*'|\w+=\"[^\"]*\"|[^\s`]+)", text)
        told = [pair for each in commands for pair in shlex.split(each) if not pair.endswith("=…")]

        found = [settings_of(loaded.manifest, [pair]) for pair in told]

        assert {key for pair in found for key in pair} == {each.name for each in loaded.manifest.settings}


@pytest.mark.parametrize("name", CONNECTORS)
def test_what_the_folders_own_helpdesk_is_told_is_taken(name):
    """The settings of the fixtures are those under which everything else is tested."""
    file = CONNECTORS[name].folder / "fixtures" / "settings.json"
    if file.exists():
        told = json.loads(file.read_text("utf-8"))

        assert settings_of(CONNECTORS[name].manifest, [f"{key}={value}" for key, value in told.items()]) == told


@pytest.mark.parametrize("kind", RIGHT)
def test_a_kind_takes_every_way_of_writing_it(kind):
    for value in RIGHT[kind]:
        assert KINDS[kind].wrong(value) is None, value


def test_a_public_key_is_taken_however_its_line_ends_came_and_never_shown():
    kind = KINDS["public_key"]

    for good in (pem(), pem().replace("\n", "\\n"), pem().replace("\n", "\r\n"), f"  {pem()}\n"):
        assert kind.wrong(good) is None
    assert kind.wrong(pem(rsa_key=False)) is not None
    private = rsa.generate_private_key(65537, 2048).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    for told in faults_of(CONNECTORS["zendesk"].manifest, f"app_public_key={private.decode()}"):
        assert "PRIVATE" not in told


def test_no_error_shows_a_password_in_an_address():
    manifest = CONNECTORS["standard"].manifest
    secret = "s3/cr?e#t@p"

    for wrong in (
        f"https://me:{secret}@desk.example.org",
        f"me:{secret}@desk.example.org",
        "https://desk.example.org/?token=s3/cr?e#t@p",
    ):
        with pytest.raises(UsageFault) as caught:
            api_url_of(manifest, wrong)
        for told in (*faults_of(manifest, f"page_url={wrong}"), caught.value.text.pt_br, caught.value.text.en):
            assert "…" in told
            assert "s3" not in told
            assert "cr?e" not in told


def test_no_error_shows_a_secret_that_stands_where_no_name_does():
    manifest = CONNECTORS["front"].manifest

    assert faults_of(manifest, "auth_secret:s3cret")[1] == "--set auth_secret…: write NAME=VALUE"
    assert faults_of(manifest, "s3cret")[0] == "--set …: escreva NOME=VALOR"


def test_every_kind_is_told_right_and_wrong_here():
    assert set(WRONG) == set(KINDS) == {*RIGHT, "public_key"}


def test_an_unknown_name_is_answered_with_the_near_one_and_all_there_are():
    portuguese, english = faults_of(CONNECTORS["znuny"].manifest, "timezone=UTC")

    assert english.startswith("--set timezone: Znuny asks for nothing of that name (did you mean time_zone?); what it")
    assert portuguese.startswith("--set timezone: Znuny não pede nada com esse nome (seria time_zone?); o que pede:")
    assert "time_zone (Znuny's time zone (OTRSTimeZone)" in english
    assert "time_zone (fuso horário do Znuny" in portuguese


def test_a_desk_that_asks_for_nothing_says_so():
    assert faults_of(CONNECTORS["zammad"].manifest, "id=1")[1].endswith("what it asks for: nothing")


def test_a_name_without_value_and_a_name_twice_are_refused():
    manifest = CONNECTORS["zoho_desk"].manifest

    assert faults_of(manifest, "org_id")[1] == "--set org_id: write NAME=VALUE"
    assert faults_of(manifest, "org_id=1", "org_id=2")[1] == "--set org_id: stands here twice; give one value"


NEEDS = [
    pytest.param(name, what, lacking, id=f"{name}:{what}:{lacking}")
    for name in CONNECTORS
    for what, needed in CONNECTORS[name].manifest.needs.items()
    for lacking in needed
]


@pytest.mark.parametrize(("name", "what", "lacking"), NEEDS)
def test_what_does_nothing_without_another_thing_is_refused_until_that_is_told(name, what, lacking):
    manifest = CONNECTORS[name].manifest
    whole = {each.name: "1" for each in manifest.settings} | {"api_url": ADDRESS}

    def tell(told):
        require_whole(manifest, {key: value for key, value in told.items() if key != "api_url"}, told.get("api_url"))

    tell(whole)
    tell({})
    with pytest.raises(UsageFault) as caught:
        tell({key: value for key, value in whole.items() if key != lacking})

    asked = "--api-url" if lacking == "api_url" else f"--set {lacking}=…"
    assert f" não funciona sem {asked}" in caught.value.text.pt_br
    assert f" does not work without {asked}" in caught.value.text.en


@pytest.mark.parametrize("name", CONNECTORS)
def test_what_a_client_cannot_do_without_is_asked_for_with_the_api(name):
    """The settings under which the API is tested are all that the folder's client may need."""
    needed = CONNECTORS[name].manifest.needs.get("api_url", ())
    told = {}
    for program in (CONNECTORS[name].folder / "fixtures").glob("desk_*.py"):
        found = re.search(r"^SETTINGS = (\{.*\})$", program.read_text("utf-8"), re.MULTILINE)
        told |= json.loads(found[1]) if found else {}

    assert sorted(needed) == sorted(told)
