"""Findings about versions: of rules, of packs, and of the file that remembers them."""

from __future__ import annotations

from typing import Final

from rules.loader.catalogue.entry import Entry, error, warning

_COUNTED: Final = (
    "O retorno dos atendentes é contado por versão; sob a mesma, seria somado o de duas regras diferentes.",
    "What agents answer is counted per version; under the same one, that of two different rules would be added up.",
)
_LOCK: Final = (
    "Rode `sidecue rules check --lock` e guarde o versions.lock.",
    "Run `sidecue rules check --lock`, and keep the versions.lock.",
)

VERSIONS: Final[dict[str, Entry]] = {
    "version.unchanged": error(
        (
            "A regra {id} {changed}, e a versão ainda é {version}.",
            "The rule {id} {changed}, and is still version {version}.",
        ),
        _COUNTED,
        ("Escreva version: {next}, ou desfaça a mudança.", "Write version: {next}, or undo the change."),
    ),
    "version.went_down": error(
        (
            "A versão da regra {id} desceu de {locked} para {version}.",
            "The version of the rule {id} went down from {locked} to {version}.",
        ),
        _COUNTED,
        ("Escreva version: {next}.", "Write version: {next}."),
    ),
    "version.not_locked": warning(
        ("A regra {id} não está no versions.lock.", "The rule {id} is not in versions.lock."),
        (
            "Uma mudança dela sem nova versão passaria sem ser vista.",
            "A change of it without a new version would pass unseen.",
        ),
        _LOCK,
    ),
    "pack.not_locked": warning(
        ("O pacote {pack} sobe versões sem versions.lock.", "The pack {pack} raises versions without a versions.lock."),
        (
            "Uma regra mudada sem nova versão passaria sem ser vista.",
            "A rule that is changed without a new version would pass unseen.",
        ),
        _LOCK,
    ),
    "pack.lock_behind": warning(
        (
            "O versions.lock não é do pacote {pack} como ele está.",
            "The versions.lock is not of the pack {pack} as it is.",
        ),
        (
            "Só se compara com o que ele conhece: a próxima mudança pode passar sem ser vista.",
            "Only what it knows is compared with: the next change may pass unseen.",
        ),
        _LOCK,
    ),
    "pack.lock_broken": error(
        ("Isto não é uma linha de versions.lock: {content}.", "This is no line of a versions.lock: {content}."),
        (
            "Sem ele não se sabe o que mudou sem nova versão.",
            "Without it nobody knows what changed without a new version.",
        ),
        (
            "Recupere o arquivo do controle de versões; se não houver, apague-o e rode `sidecue rules check --lock`.",
            "Get the file back from version control; if there is none, delete it and run `sidecue rules check --lock`.",
        ),
    ),
    "pack.version_low": error(
        (
            "O pacote {pack} {changed} desde a versão {locked}, e diz ser a {version}.",
            "The pack {pack} {changed} since version {locked}, and says it is {version}.",
        ),
        (
            "Major: algo sumiu ou um guardrail mudou. Minor: algo é novo ou decide outra coisa. Patch: só textos.",
            "Major: something is gone or a guardrail changed. Minor: something is new or decides anew. Patch: texts.",
        ),
        ('Escreva version: "{least}" ou uma maior.', 'Write version: "{least}" or a higher one.'),
    ),
    "pack.version_down": error(
        (
            "A versão do pacote {pack} desceu de {locked} para {version}.",
            "The version of the pack {pack} went down from {locked} to {version}.",
        ),
        (
            "Quem já tem a {locked} não receberia esta como atualização.",
            "Whoever has {locked} already would not take this one for an update.",
        ),
        ('Escreva version: "{locked}" ou uma maior.', 'Write version: "{locked}" or a higher one.'),
    ),
}
