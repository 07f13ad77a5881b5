"""Rulebooks that are published: checked, proved, kept for good, and in force in every process within two seconds.

    publish(store, home, layers, author=…, message=…, now=…)         check, prove and put in force
    rollback(store, home, number, author=…, message=…, now=…)        put an older version in force again
    verify(store, home)                                              hold every stored byte against the chain of hashes
    folder_of(store, home, which)                                    a version as files, ready for `rules.loader.load`

A version is the whole rulebook, the shipped packs included, so it outlives an upgrade of the package. The newest
version is in force; nothing is ever changed, a rollback is a newer version with older files. Until the first is
published the files on disk are in force.

`folder_of` takes a number, "published", or the start of a rulebook digest, as decisions name it:

    found = folder_of(store, settings.home, "published")
    book = load([found.base], overlays=found.overlays)          # found.version.number, .digest, .author, …
"""

from plugin.publish.archive import Layers
from plugin.publish.errors import PublishRefused, VersionBroken, VersionUnknown
from plugin.publish.publishing import PublishedVersion, publish, rollback
from plugin.publish.reading import PUBLISHED, PublishedFolder, find, folder_of
from plugin.publish.verify import Verified, verify

__all__ = [
    "PUBLISHED",
    "Layers",
    "PublishRefused",
    "PublishedFolder",
    "PublishedVersion",
    "Verified",
    "VersionBroken",
    "VersionUnknown",
    "find",
    "folder_of",
    "publish",
    "rollback",
    "verify",
]
