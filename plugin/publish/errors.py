"""What publishing raises on purpose.

SidecueError
├── PublishRefused          these files do not become a version
│   ├── ChecksFailed        `rules check` finds errors
│   ├── ExamplesFailed      an example comes out otherwise than it expects
│   ├── MeaningChanged      a rule means something else under a version that was published before
│   └── NotProved           a property is broken, or could not be decided
├── VersionUnknown          there is no such version
├── VersionBroken           a version whose stored bytes are not what it says, or that cannot be read
├── ArchiveInvalid          files that cannot be packed, or bytes that are no archive
└── FolderUnwritable        the disk does not take, or give back, a version's files; it may later
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from rules.errors import ToldError
from rules.text import Text, filled

if TYPE_CHECKING:
    from rules.check import Report, TestReport
    from rules.prove import Proof


_CHECKS: Final = Text("os arquivos têm erros:\n{lines}", "the files have errors:\n{lines}")
_EXAMPLES: Final = Text("há exemplos que falham:\n{lines}", "examples fail:\n{lines}")
_MEANING: Final = Text(
    "aumente a versão de {rules}: as respostas dos agentes são contadas por versão",
    "raise the version of {rules}: feedback is counted per version",
)
_NOT_PROVED: Final = Text("nem toda garantia vale para estas regras", "not every property holds for these rules")
_BROKEN: Final = Text("versão {number}: {part}: {problem}", "version {number}: {part}: {problem}")


class PublishRefused(ToldError):
    """These files do not become a version; nothing was kept."""


class ChecksFailed(PublishRefused):
    """The files have errors; `report` holds them."""

    def __init__(self, report: Report) -> None:
        self.report = report
        super().__init__(filled(_CHECKS, lines="\n".join(str(found) for found in report.findings if found.is_error)))


class ExamplesFailed(PublishRefused):
    """Examples come out otherwise than they expect; `report` holds them."""

    def __init__(self, report: TestReport) -> None:
        self.report = report
        lines = "\n".join(f"{one.path}:{one.line}: {one.rule}: {one.example}" for one in report.failures)
        super().__init__(filled(_EXAMPLES, lines=lines))


class MeaningChanged(PublishRefused):
    """Rules whose when or then changed under a version that was published before; `rules` are their ids."""

    def __init__(self, rules: tuple[str, ...]) -> None:
        self.rules = rules
        super().__init__(filled(_MEANING, rules=", ".join(rules)))


class NotProved(PublishRefused):
    """Properties that are broken, or could not be decided in time; `proof` holds them."""

    def __init__(self, proof: Proof) -> None:
        self.proof = proof
        super().__init__(_NOT_PROVED)


class VersionUnknown(ToldError):
    """There is no such published version."""


class VersionBroken(ToldError):
    """A published version that must not be used; `part` names what of it is wrong."""

    def __init__(self, number: int, part: str, problem: Text) -> None:
        self.number = number
        self.part = part
        self.problem = problem
        super().__init__(filled(_BROKEN, number=number, part=part, problem=problem))


class ArchiveInvalid(ToldError):
    """Files that cannot be packed, or bytes that are no archive of rule files."""


class FolderUnwritable(ToldError):
    """The disk does not take or give back files: full, read-only, too many files open. It may later."""
