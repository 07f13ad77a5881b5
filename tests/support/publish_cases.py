"""Small rulebooks that can be published, and a history of them made without the solver."""

from datetime import UTC, datetime
from pathlib import Path

from rule_files import SIGNAL

from plugin.publish import archive, folders
from plugin.publish.archive import Layers
from plugin.publish.publishing import meanings
from plugin.store import rulebooks
from plugin.store.rulebooks import Entry
from rules.loader import load, read
from rules.loader.digest import canonical_json
from rules.prove import PROPERTIES, Proof, Proved

NOW = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)

PACK = """\
schema: 1
id: desk
title: {pt-BR: Balcão, en: Desk}
owner: cx
version: "1.0.0"
needs: []
does_not_cover: {pt-BR: Vendas, en: Sales}
"""

VOTE = """\
schema: 1
id: desk.vote
version: {version}
kind: classification
status: stable
title: {{pt-BR: De quem é, en: Whose it is}}
rationale: {{pt-BR: Algo quebrou., en: Something broke.}}
owner: cx
practice: []
when: {{signals: {{has: broken_thing}}}}
then: {{classify: {{{function}: 4}}}}
examples:
  - name: said
    given: {{signals: [broken_thing]}}
    expect: match
  - name: not said
    given: {{}}
    expect: no_match
"""


def write_desk(folder: Path, function: str = "support", version: int = 1, note: str = "") -> Layers:
    """Write a whole rulebook of one vote: something broke, and it is `function`'s work."""
    files = {
        "base/desk/pack.yml": PACK,
        "base/desk/signals/broken_thing.yml": SIGNAL,
        "base/desk/vote.yml": VOTE.format(function=function, version=version) + note,
    }
    folders.export(files, folder)
    return folders.layers_of(folder)


def entry_of(layers: Layers, number: int = 1, **changed) -> tuple[Entry, bytes]:
    """Return what publishing these layers would keep, with a certificate that nobody proved."""
    files = archive.collect(layers)
    packed = archive.pack(files)
    digest = load([layers.base], overlays=layers.overlays).digest
    said = {
        "digest": digest,
        "files": archive.files_digest(files),
        "content": archive.content_digest(packed),
        "author": "Ana",
        "message": f"change {number}",
        "created_at": NOW.isoformat(),
        "certificate": certificate_of(digest),
        "kind": "publish",
        "restores": None,
        "sidecue": "unknown",
    }
    return Entry(**said | changed), packed


def certificate_of(digest: str, properties=PROPERTIES) -> str:
    """Return the certificate that a rulebook would have if these properties, and no others, were proved of it."""
    return canonical_json(Proof(digest, tuple(map(Proved, properties))).certificate()).decode()


def put_in(store, layers: Layers, **changed) -> rulebooks.Version:
    """Add the layers to the history as the newest version."""
    from plugin.publish.reading import this_sidecue  # noqa: PLC0415 - one use

    with store.write() as connection:
        after = rulebooks.head(connection)
        number = after.number + 1 if after is not None else 1
        entry, packed = entry_of(layers, number, **{"sidecue": this_sidecue()} | changed)
        version = rulebooks.append(connection, entry, packed, after)
        rulebooks.lock(connection, meanings(read([layers.base], layers.overlays)))
        return version
