import json
import sys

import pytest
from click.testing import CliRunner

from connectors.base import Installation
from connectors.registry import ConnectorInvalid, allowed_host, discover, frame_ancestors, webhook_path
from plugin.cli.connectors import connectors

MANIFEST = {
    "name": "tool",
    "display_name": "Tool",
    "owner": "someone",
    "docs_url": "https://tool.test/docs",
    "auth": "signature",
    "media_types": ["application/json"],
    "event_types": ["ticket.created"],
    "allowed_hosts": ["{api_url}"],
    "frame_ancestors": ["{api_url}"],
    "locales": ["en"],
    "stage": "alpha",
}
PORT = "verify = delivery_key = parse = client = sidebar = print\n"


@pytest.fixture
def package(tmp_path, monkeypatch):
    """Return a function that writes a package with one connector folder and gives its name."""
    made = []

    def write(manifest, code=PORT, folder="tool"):
        name = f"pack_{tmp_path.name.replace('-', '_')}_{len(made)}"
        made.append(name)
        home = tmp_path / name
        (home / folder).mkdir(parents=True)
        (home / "__init__.py").touch()
        text = manifest if isinstance(manifest, str) else json.dumps(manifest)
        (home / folder / "connector.json").write_text(text)
        (home / folder / "__init__.py").write_text(code)
        return home, name

    monkeypatch.syspath_prepend(tmp_path)
    yield write
    for name in list(sys.modules):
        if name.split(".")[0] in made:
            del sys.modules[name]


def test_discover_finds_the_shipped_connectors_in_order():
    found = list(discover())

    assert {"django_helpdesk", "standard", "zendesk"} <= set(found)
    assert found == sorted(found)


def test_discover_reads_a_folder_nobody_listed(package):
    found = discover(*package(MANIFEST))["tool"]

    assert found.manifest.event_types == ("ticket.created",)
    assert found.module.parse is print


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"name": "other"}, "folder is 'tool'"),
        ({"auth": "none"}, "auth"),
        ({"event_types": []}, "event_types"),
        ({"docs_url": "http://tool.test"}, "docs_url"),
        ({"allowed_hosts": ["*"]}, "allowed_hosts"),
        ({"frame_ancestors": ["*"]}, "frame_ancestors"),
        ({"frame_ancestors": ["{page_url}"]}, "{page_url} is none of {api_url}"),
        ({"locales": ["fr"]}, "locales"),
        ({"stage": None}, "stage"),
        ({"extra": 1}, "extra"),
    ],
)
def test_discover_refuses_a_manifest_and_names_folder_and_key(package, change, told):
    with pytest.raises(ConnectorInvalid, match=r"connectors/tool/connector\.json") as caught:
        discover(*package(MANIFEST | change))

    assert told in str(caught.value)


@pytest.mark.parametrize(
    ("manifest", "code", "told"),
    [
        ("{", PORT, "is not JSON"),
        ("[]", PORT, "Invalid input type"),
        (MANIFEST, "verify = print\n", "lacks delivery_key, parse, client, sidebar"),
        (MANIFEST, "import a_module_nobody_has\n", "cannot be imported: ModuleNotFoundError"),
        (MANIFEST, PORT + "1 / 0\n", "cannot be imported: ZeroDivisionError"),
    ],
)
def test_a_connector_that_is_not_whole_says_so_when_it_is_needed(package, manifest, code, told):
    with pytest.raises(ConnectorInvalid, match="tool") as caught:
        _ = discover(*package(manifest, code))["tool"].module

    assert told in str(caught.value)


@pytest.fixture
def installed(package, tmp_path):
    """Return a function that installs a package whose entry point names its one connector."""

    def install(manifest, folder="tool"):
        _, name = package(manifest, folder=folder)
        info = tmp_path / f"{name}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        (info / "entry_points.txt").write_text(f"[sidecue.connectors]\n{folder} = {name}.{folder}\n")
        return tmp_path / name / folder

    return install


def test_discover_finds_an_installed_connector_and_its_folder(installed):
    folder = installed(MANIFEST)
    found = discover()

    assert found["tool"].manifest.display_name == "Tool"
    assert found["tool"].folder == folder
    assert {"tool", "zendesk"} <= set(found)


def test_discover_refuses_two_connectors_of_one_name(installed):
    installed(MANIFEST | {"name": "zendesk"}, folder="zendesk")

    with pytest.raises(ConnectorInvalid, match="two connectors are named 'zendesk'"):
        discover()


def test_webhook_path_holds_the_secret_only_where_nothing_is_signed():
    found = discover()

    assert webhook_path(found["zendesk"].manifest, "acme", "s3cret") == "/webhooks/zendesk/acme"
    assert webhook_path(found["django_helpdesk"].manifest, "a b", "s/x") == "/webhooks/django_helpdesk/a%20b/s%2Fx"


def test_allowed_host_asks_manifest_and_installation():
    found = discover()
    installation = Installation("acme", "en", "https://desk.test")

    assert allowed_host(found["django_helpdesk"].manifest, installation, "https://desk.test/api/")
    assert not allowed_host(found["zendesk"].manifest, installation, "https://desk.test/api/")
    assert allowed_host(found["zendesk"].manifest, installation, "https://acme.zendesk.com/api/v2/")


@pytest.mark.parametrize(
    ("api_url", "expected"),
    [
        ("https://desk.test/base", ("https://desk.test",)),
        ("http://127.0.0.1:8000", ("http://127.0.0.1:8000",)),
        ("http://[::1]:8000/x", ("http://[::1]:8000",)),
        ("javascript:alert(1)", ()),
        ("https://desk.test:x", ()),
        ("https://desk.test;script-src *", ()),
        ("https://desk.test'", ()),
        (None, ()),
    ],
)
def test_frame_ancestors_are_origins(api_url, expected):
    manifest = discover()["standard"].manifest

    assert frame_ancestors(manifest, Installation("acme", "en", api_url)) == expected
    assert frame_ancestors(manifest, Installation("acme", "en", settings={"page_url": api_url})) == expected


def test_page_beside_the_api_may_frame_the_sidebar_too():
    told = Installation("acme", "en", "http://10.0.0.7:8000/api", settings={"page_url": "https://desk.test/tickets"})

    assert frame_ancestors(discover()["standard"].manifest, told) == ("http://10.0.0.7:8000", "https://desk.test")


def test_connectors_list_shows_every_connector():
    text = CliRunner().invoke(connectors, ["list"])
    rows = json.loads(CliRunner().invoke(connectors, ["list", "--format", "json"]).output)

    assert text.exit_code == 0
    assert [line.split()[0] for line in text.output.splitlines()] == ["name", *discover()]
    assert [row["name"] for row in rows] == list(discover())
    assert "ticket.comment_added" in next(row for row in rows if row["name"] == "zendesk")["event_types"]
