"""`sidecue rules prove`: what holds of the rules whatever the facts."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import click

from plugin.cli.errors import UsageFault
from plugin.cli.options import FORMAT, LANG, language
from plugin.cli.rules import say_proving
from plugin.cli.rules.options import PATHS, print_json, print_lines, read_files, rulebook_of
from plugin.cli.rules.scope import scope
from rules.prove import PROPERTIES, Broken, Proof, Property, Verdict
from rules.prove.counter import file_of
from rules.prove.proof import TIMEOUT_MS, symbolic, verdicts
from rules.prove.reach import Reach
from rules.rulebook import Rulebook
from rules.text import Locale, Text, filled

_OF_ALL: Final = Text(
    "--certificate vale para todas as propriedades; deixe --property de fora",
    "--certificate is for all properties; leave out --property",
)
_UNKNOWN: Final = Text("não há a propriedade {name!r}; há {known}", "there is no property {name!r}; there are {known}")


@click.command("prove")
@PATHS
@click.option("--property", "names", multiple=True, metavar="ID", help="Only this property; may be given again.")
@click.option(
    "--timeout",
    type=click.FloatRange(min=0.001),
    default=TIMEOUT_MS / 1_000,
    show_default=True,
    help="Seconds for each question to the solver. Without an answer nothing is proved.",
)
@click.option(
    "--write-examples",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    help="Write each counter-example under this folder of packs, as an example file that fails.",
)
@click.option(
    "--certificate",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write what was proved, of which rules and by which solver, once everything is.",
)
@FORMAT
@LANG
def prove(  # noqa: PLR0913, PLR0917 - one parameter per option
    paths: tuple[Path, ...],
    names: tuple[str, ...],
    timeout: float,
    folder: Path | None,
    certificate: Path | None,
    form: str,
    lang: str | None,
) -> None:
    """Prove that the rules keep the guardrails whatever the facts, or show the smallest facts that break one.

    A counter-example is run by the live engine before it is believed. Also told are rules that can never do anything:
    contradictory, dead, or shadowed by another one; those alone fail nothing.

    JSON: {"ok": bool, "rulebook": digest, "verdicts": [{"property", "verdict" (proved|broken|unknown), "statement",
    "leans_on", of a broken one "subject", "given", "kept_by", "example", of an unknown one "reason"}],
    "contradictory": [id], "dead": [{"rule", "why"}], "shadowed": [{"rule", "by"}]}. Exit 1 when a property is broken,
    or the solver gives no answer in time.
    """
    locale = language(lang)
    wanted = _wanted(names)
    if certificate is not None and names:
        raise UsageFault(_OF_ALL)
    begun = time.perf_counter()
    rulebook = rulebook_of(read_files(scope(paths), form, locale))
    book = symbolic(rulebook, wanted)
    with _progress(len(wanted), locale) as advance:
        proof = Proof(
            rulebook.digest, tuple(_followed(verdicts(rulebook, wanted, int(timeout * 1_000), book), advance))
        )
    vain = Reach(rulebook, book, int(timeout * 1_000)).vain()
    ok = proof.ok and vain.reason is None
    written = _write_examples(proof, rulebook, folder) if folder is not None else {}
    certified = certificate is not None and proof.ok
    if certificate is not None and certified:
        certificate.write_text(json.dumps(proof.certificate(), indent=2, sort_keys=True) + "\n", encoding="utf-8")
    if form == "json":
        print_json(
            {
                "ok": ok,
                "rulebook": rulebook.digest,
                "verdicts": [say_proving.verdict_json(found, locale, written) for found in proof.verdicts],
                "contradictory": list(vain.contradictory),
                "dead": [{"rule": found.rule, "why": found.why.value} for found in vain.dead],
                "shadowed": [{"rule": found.rule, "by": found.by} for found in vain.shadowed],
            }
        )
    else:
        print_lines(line for found in proof.verdicts for line in say_proving.verdict_lines(found, locale))
        print_lines(say_proving.vain_lines(vain, locale))
        if folder is not None:
            print_lines(_written_lines(proof, written, locale))
        if certificate is not None:
            key = "certified" if certified else "no_certificate"
            click.echo(say_proving.word(key, locale, path=certificate))
        click.echo(say_proving.total_line(proof, len(rulebook.rules), time.perf_counter() - begun, locale))
    raise SystemExit(0 if ok else 1)


def _wanted(names: tuple[str, ...]) -> tuple[Property, ...]:
    known = {found.id: found for found in PROPERTIES}
    for name in names:
        if name not in known:
            raise UsageFault(filled(_UNKNOWN, name=name, known=", ".join(known)))
    return tuple(known[name] for name in dict.fromkeys(names)) if names else PROPERTIES


def _followed(found: Iterable[Verdict], advance: Callable[[], None]) -> Iterator[Verdict]:
    for verdict in found:
        advance()
        yield verdict


def _write_examples(proof: Proof, rulebook: Rulebook, folder: Path) -> dict[str, Path]:
    """Write the counter-examples and return property -> file, for those that a decision can show."""
    written: dict[str, Path] = {}
    for found in proof.verdicts:
        example = file_of(found, rulebook) if isinstance(found, Broken) else None
        if example is not None:
            name, content = example
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content, encoding="utf-8")
            written[found.property.id] = path
    return written


def _written_lines(proof: Proof, written: dict[str, Path], locale: Locale) -> Iterator[str]:
    for found in proof.verdicts:
        if found.property.id in written:
            yield say_proving.word("written", locale, path=written[found.property.id])
        elif isinstance(found, Broken):
            yield say_proving.word("not_written", locale, id=found.property.id)


@contextmanager
def _progress(total: int, locale: Locale) -> Iterator[Callable[[], None]]:
    """Show how far the proof is, when somebody watches."""
    from rich.console import Console  # noqa: PLC0415 - only where there is something to show
    from rich.progress import Progress  # noqa: PLC0415 - the same

    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task(say_proving.word("proving", locale), total=total)
        yield lambda: progress.advance(task)
