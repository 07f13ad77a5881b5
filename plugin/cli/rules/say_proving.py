"""What `rules prove` prints, in both languages."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from rules.prove import Broken, Proof, Unproved, Verdict
from rules.prove.aloud import as_condition
from rules.prove.properties import RULES_ALONE
from rules.prove.reach import Vain
from rules.rulebook import Kind
from rules.sentences import say
from rules.text import Locale, Text

WORDS: Final[Mapping[str, Text]] = {
    "proving": Text("provando", "proving"),
    "proved": Text("provado", "proved"),
    "broken": Text("QUEBRADO", "BROKEN"),
    "unknown": Text("SEM RESPOSTA", "NO ANSWER"),
    "leans_on": Text("apoia-se", "leans"),
    "subject": Text("quebrado por: {subject}", "broken by: {subject}"),
    "subject.kind": Text(
        "nenhuma ação o quebra hoje, mas qualquer nova do tipo {subject} pode quebrar",
        "no action breaks it today, but any new one of the kind {subject} may",
    ),
    "facts": Text("os menores fatos que mostram isso", "the smallest facts that show it"),
    "any_facts": Text("quaisquer fatos, até nenhum", "any facts, even none"),
    "given": Text("como exemplo", "as an example"),
    "kept_by": Text(
        "o código ainda impede que o agente veja ({by}), mas as regras não",
        "code still keeps it from the agent ({by}), but the rules do not",
    ),
    "written": Text("escrito: {path}", "written: {path}"),
    "not_written": Text(
        "{id}: nenhuma decisão pode mostrar este furo; não há exemplo que falhe por ele",
        "{id}: no decision can show this hole; there is no example that fails of it",
    ),
    "certified": Text("certificado: {path}", "certificate: {path}"),
    "no_certificate": Text(
        "o certificado não foi escrito: nem tudo está provado",
        "the certificate was not written: not everything is proved",
    ),
    "mend.broken": Text(
        "corrija as regras até que isto valha; `--write-examples DIR` guarda os fatos como exemplo que falha até lá",
        "mend the rules until this holds; `--write-examples DIR` keeps the facts as an example that fails until then",
    ),
    "mend.unknown": Text(
        "não saber não é provar: dê mais tempo com --timeout, ou simplifique as regras",
        "not knowing is not proving: give more time with --timeout, or make the rules simpler",
    ),
    "contradictory": Text("{rule}: nenhum fato pode atender ao seu `when`", "{rule}: no facts can meet its `when`"),
    "dead.never_fires": Text(
        "{rule}: nunca dispara, com o que as outras regras derivam e decidem",
        "{rule}: never fires, with what the other rules derive and decide",
    ),
    "dead.not_applicable": Text(
        "{rule}: dispara, mas nunca onde `needs` da ação se cumpre",
        "{rule}: fires, but never where its action's `needs` are met",
    ),
    "dead.held_back": Text(
        "{rule}: sempre que dispara, um guardrail detém a ação",
        "{rule}: whenever it fires, a guardrail holds its action back",
    ),
    "shadowed": Text(
        "{rule}: só dispara quando {by} dispara, que traz o mesmo",
        "{rule}: only fires when {by} fires, which brings the same about",
    ),
    "vain": Text("Em vão", "In vain"),
    "vain.unknown": Text("não se sabe quais regras estão em vão:", "nobody knows which rules are in vain:"),
    "total": Text(
        "{proved} de {all} propriedades provadas de {rules} regras; {seconds:.2f} s",
        "{proved} of {all} properties proved of {rules} rules; {seconds:.2f} s",
    ),
}


def word(key: str, locale: Locale, **slots: object) -> str:
    """Return one of the words, with its slots filled."""
    return WORDS[key].read(locale).format(**slots)


def verdict_lines(found: Verdict, locale: Locale) -> Iterator[str]:
    """Yield a verdict: the property, what it says, and, when it does not hold, the facts that show it."""
    yield f"{word(found.verdict, locale):<13} {found.property.id}: {found.property.statement.read(locale)}"
    if found.property.leans_on != RULES_ALONE:
        yield f"{'':14}{word('leans_on', locale)}: {found.property.leans_on.read(locale)}"
    if isinstance(found, Broken):
        key = "subject.kind" if found.subject in set(Kind) else "subject"
        yield f"{'':14}{word(key, locale, subject=found.subject)}"
        yield f"{'':14}{word('facts', locale)}:"
        aloud = say(as_condition(found.given), locale) if found.given else word("any_facts", locale)
        yield from (f"{'':16}{line}" for line in aloud.splitlines())
        yield f"{'':14}{word('given', locale)}: {json.dumps(found.given, ensure_ascii=False)}"
        if found.kept_by is not None:
            yield f"{'':14}{word('kept_by', locale, by=found.kept_by)}"
        yield f"{'':14}{word('mend.broken', locale)}"
    elif isinstance(found, Unproved):
        yield f"{'':14}{found.reason}"
        yield f"{'':14}{word('mend.unknown', locale)}"


def vain_lines(vain: Vain, locale: Locale) -> Iterator[str]:
    """Yield the rules that do nothing, and why."""
    if vain.reason is not None:
        yield f"{word('vain.unknown', locale)} {vain.reason}"
    lines = [word("contradictory", locale, rule=rule) for rule in vain.contradictory]
    lines += [
        word(f"dead.{found.why.value}", locale, rule=found.rule)
        for found in vain.dead
        if found.rule not in vain.contradictory
    ]
    lines += [word("shadowed", locale, rule=found.rule, by=found.by) for found in vain.shadowed]
    if lines:
        yield f"{word('vain', locale)}:"
        yield from (f"  {line}" for line in lines)


def total_line(proof: Proof, rules: int, seconds: float, locale: Locale) -> str:
    """Return the last line."""
    proved = sum(found.verdict == "proved" for found in proof.verdicts)
    return word("total", locale, proved=proved, all=len(proof.verdicts), rules=rules, seconds=seconds)


def verdict_json(found: Verdict, locale: Locale, written: Mapping[str, Path]) -> dict[str, Any]:
    """Return a verdict as plain data."""
    content: dict[str, Any] = {
        "property": found.property.id,
        "verdict": found.verdict,
        "statement": found.property.statement.read(locale),
        "leans_on": found.property.leans_on.read(locale),
    }
    if isinstance(found, Broken):
        content |= {"subject": found.subject, "given": found.given, "kept_by": found.kept_by}
        content["example"] = str(written[found.property.id]) if found.property.id in written else None
    elif isinstance(found, Unproved):
        content["reason"] = found.reason
    return content
