"""What `rules publish`, `rules history` and `rules rollback` print, in both languages."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from plugin.publish.verify import Verified
from plugin.store.rulebooks import Version
from rules.text import Locale, Text

if TYPE_CHECKING:
    from rules.prove.proof import Proof

WORDS: Final[Mapping[str, Text]] = {
    "step.checking": Text("Conferindo os arquivos…", "Checking the files…"),
    "step.testing": Text("Rodando os exemplos…", "Running the examples…"),
    "step.proving": Text("Provando as garantias…", "Proving the guarantees…"),
    "step.keeping": Text("Guardando…", "Keeping it…"),
    "published": Text(
        "Versão {number} publicada por {author}: {digest}. Os servidores passam a usá-la em até 2 segundos; chamados "
        "abertos mantêm a decisão até a próxima novidade neles.",
        "Version {number} published by {author}: {digest}. Servers take it within 2 seconds; open tickets keep their "
        "decision until something happens on them.",
    ),
    "restored": Text(
        "Versão {number}: volta a valer a versão {restores} ({digest}). Os servidores passam a usá-la em até 2 "
        "segundos; chamados abertos mantêm a decisão até a próxima novidade neles.",
        "Version {number}: version {restores} is in force again ({digest}). Servers take it within 2 seconds; open "
        "tickets keep their decision until something happens on them.",
    ),
    "unchanged": Text(
        "Nada mudou: os mesmos arquivos já valem como versão {number} ({digest}).",
        "Nothing changed: the same files are in force already, as version {number} ({digest}).",
    ),
    "examples_failed": Text(
        "Há exemplos que falham; nada foi publicado.", "There are failing examples; nothing was published."
    ),
    "checks_failed": Text(
        "Os arquivos têm erros; nada foi publicado.", "The files have errors; nothing was published."
    ),
    "meaning_changed": Text(
        "{rule}: `when` ou `then` mudou, mas a mesma versão já foi publicada com outro sentido; aumente `version`, "
        "pois as respostas dos agentes são contadas por versão.",
        "{rule}: `when` or `then` changed, but the same version was published with another meaning; raise `version`, "
        "for what agents say is counted per version.",
    ),
    "not_proved": Text(
        "Nem toda garantia vale para estas regras; nada foi publicado. `sidecue rules prove` diz mais.",
        "Not every guarantee holds for these rules; nothing was published. `sidecue rules prove` says more.",
    ),
    "broken_property": Text(
        "{id}: não vale que “{statement}” ({subject}). Contraexemplo: {given}",
        "{id}: it does not hold that “{statement}” ({subject}). Counter-example: {given}",
    ),
    "unknown_property": Text(
        "{id}: ninguém sabe se vale que “{statement}” ({reason})",
        "{id}: nobody knows whether it holds that “{statement}” ({reason})",
    ),
    "empty": Text(
        "Nada foi publicado ainda: valem os arquivos. Publique com: sidecue rules publish -m MENSAGEM",
        "Nothing was published yet: the files are in force. Publish with: sidecue rules publish -m MESSAGE",
    ),
    "in_force": Text("em vigor", "in force"),
    "restores": Text("restaura a {number}", "restores {number}"),
    "differs": Text(
        "Os arquivos em disco são outros que os publicados; vale o que foi publicado. Publique-os, ou deixe assim.",
        "The files on disk are not the published ones; what was published counts. Publish them, or leave it so.",
    ),
    "whole": Text(
        "Versões conferidas, byte a byte: {versions}. O histórico está íntegro.",
        "{versions} versions verified, byte by byte: the history is whole.",
    ),
    "reread": Text(
        "Versões que este Sidecue lê de outro modo, ou já não lê, pois outro as publicou: {numbers}. Os bytes delas "
        "estão íntegros.",
        "Versions that this Sidecue reads otherwise or no more, for another one published them: {numbers}. Their bytes "
        "are whole.",
    ),
    "proved_otherwise": Text(
        "Versões provadas de outro modo que este Sidecue prova: {numbers}. Outras eram as garantias ou o solucionador; "
        "`rules rollback` prova de novo as que não dizem todas as garantias de hoje.",
        "Versions proved otherwise than this Sidecue proves: {numbers}. The guarantees or the solver were others; "
        "`rules rollback` proves again those that do not state every guarantee of today.",
    ),
    "broken": Text(
        "O histórico está rompido na versão {number} ({part}): {problem}",
        "The history is broken at version {number} ({part}): {problem}",
    ),
    "mend": Text(
        "O que vale nos servidores continua valendo. Restaure o banco de um backup, ou publique os arquivos de novo.",
        "What the servers have in force goes on. Restore the database from a backup, or publish the files again.",
    ),
    "digest": Text("Regras", "Rules"),
    "files": Text("Arquivos", "Files"),
    "hash": Text("Elo", "Link"),
    "certificate": Text("Certificado", "Certificate"),
    "message": Text("Mensagem", "Message"),
    "verify_alone": Text(
        "--verify olha o histórico inteiro: tire --show e --export",
        "--verify looks at the whole history: leave --show and --export out",
    ),
    "not_whole": Text(
        "{path}: um conjunto de regras é publicado inteiro; dê a pasta dos pacotes",
        "{path}: a rulebook is published whole; name the folder of its packs",
    ),
    "alone": Text(
        "{path} é um conjunto de regras inteiro: publique-o sozinho", "{path} is a whole rulebook: publish it alone"
    ),
    "nameless": Text(
        "este usuário não tem nome aqui: diga quem publica com --author NOME",
        "this user has no name here: say who publishes with --author NAME",
    ),
    "exported": Text(
        "Versão {number} em {folder}: {files} arquivos. `sidecue rules publish {folder}` publica a pasta.",
        "Version {number} in {folder}: {files} files. `sidecue rules publish {folder}` publishes the folder.",
    ),
}

SHORT: Final = 12
"""Characters of a digest that are shown where it is not asked for whole."""


def word(key: str, locale: Locale, **slots: object) -> str:
    """Return one of the words, with its slots filled."""
    return WORDS[key].read(locale).format(**slots)


def version_json(version: Version) -> dict[str, Any]:
    """Return a version as plain data, without its certificate."""
    return {
        "version": version.number,
        "kind": version.kind,
        "restores": version.restores,
        "rulebook": version.digest,
        "files": version.files,
        "content": version.content,
        "author": version.author,
        "message": version.message,
        "created_at": version.created_at,
        "sidecue": version.sidecue,
        "parent": version.parent,
        "hash": version.hash,
    }


def version_line(version: Version, locale: Locale, *, in_force: bool) -> str:
    """Return a version in one line: number, when, which rules, who, why."""
    restores = f" [{word('restores', locale, number=version.restores)}]" if version.restores is not None else ""
    stands = f" ({word('in_force', locale)})" if in_force else ""
    first = version.message.splitlines()[0]
    when = f"{version.created_at[:16].replace('T', ' ')} UTC"
    return f"{version.number:>4}{stands}  {when}  {version.digest[:SHORT]}  {version.author}{restores}  {first}"


def version_lines(version: Version, locale: Locale) -> Iterator[str]:
    """Yield everything about a version but its files."""
    yield version_line(version, locale, in_force=False)
    for key, value in (
        ("digest", version.digest),
        ("files", version.files),
        ("hash", version.hash),
        ("message", version.message),
        ("certificate", version.certificate),
    ):
        yield f"{word(key, locale)}: {value}"


def proof_json(proof: Proof) -> list[dict[str, Any]]:
    """Return every property that was not proved as plain data, with the facts that break it."""
    return [
        {
            "property": found.property.id,
            "verdict": found.verdict,
            "subject": getattr(found, "subject", None),
            "given": getattr(found, "given", None),
            "reason": getattr(found, "reason", None),
        }
        for found in proof.verdicts
        if found.verdict != "proved"
    ]


def proof_lines(proof: Proof, locale: Locale) -> Iterator[str]:
    """Yield every property that was not proved, with the facts that break it."""
    statements = {found.property.id: found.property.statement for found in proof.verdicts}
    for found in proof_json(proof):
        slots = {"id": found["property"], "statement": statements[found["property"]].read(locale).rstrip(".")}
        if found["verdict"] == "broken":
            given = json.dumps(found["given"], ensure_ascii=False)
            yield word("broken_property", locale, **slots, subject=found["subject"], given=given)
        else:
            yield word("unknown_property", locale, **slots, reason=found["reason"])


def verified_lines(found: Verified, locale: Locale) -> Iterator[str]:
    """Yield whether the history is whole; else where it is broken, and what to do."""
    if found.broken is not None:
        broken = found.broken
        yield word("broken", locale, number=broken.number, part=broken.part, problem=broken.problem.read(locale))
        yield word("mend", locale)
    else:
        yield word("whole", locale, versions=found.versions)
    if found.reread:
        yield word("reread", locale, numbers=", ".join(map(str, found.reread)))
    if found.proved_otherwise:
        yield word("proved_otherwise", locale, numbers=", ".join(map(str, found.proved_otherwise)))
