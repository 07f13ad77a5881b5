"""Makes `rules/signals/lookalikes.txt`: real words that tolerance for typing errors would read as other real words.

    make lookalikes

Both languages' words come from pyspellchecker's frequency lists (MIT): what people say in films, so everyday speech.
A word is listed when `rules.signals.misspelt` would read it as one with another stem, were those words a rulebook's.
Names, and everyday words that the lists hold too seldom, are listed in any case.
The Portuguese list is European: Brazilian spellings are made of it. Words of the trade that films seldom say are added.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from spellchecker import SpellChecker

import rules.signals
from rules.signals.misspelt import LONGEST_MEANT, SHORTEST_MEANT, Nearest
from rules.signals.words import fold, key, listed, modern
from rules.text import LOCALES, Locale

SEEN = 100
"""Times a word is found in the lists before it counts as one: rarer ones are slips and oddities."""
COMMON = 300
"""Times a word is found before a phrase is likely to speak of it."""
TRADE: Mapping[Locale, frozenset[str]] = {
    "pt-BR": listed(
        "acionar adesao aditivo adocao anonimizar assinatura atendente atualizar atualizacao autenticacao automacao"
        " automatizar boleto cadastral cadastro capacitacao capacitar checkout cogitar contato contratual correcao"
        " cotacao decepcionado deletar desbloqueio descadastrar descadastro descaso desconfigurado desconsiderar"
        " descontinuar desformatado desistencia deslogar desmarcar desvinculacao distrato emissao estoque estorno"
        " estornar fatura faturamento faturar feedback franquia gravissimo ilegivel impugnar inadimplente inativo"
        " inclusao incompleto incorreto indevido indisponivel indisponibilidade insatisfacao insatisfeito instavel"
        " integracao intermitente lentidao licenca mensalidade migracao migrar notebook onboarding oscilar ouvidoria"
        " parabenizar parametrizar parcela percentual personalizar planejar planilha portabilidade prestador prestativo"
        " procon promocional prorrogacao prorrogar provedor quitacao reagendar reajuste reclamacao redefinicao"
        " reembolso reenviar registrar registro renovacao requerer rescindir rescisao resetar ressarcimento ressarcir"
        " roteador selecionar semestral subscricao suporte tarifario telemarketing titularidade travamento trimestral"
        " tutorial upgrade usuario vencimento vigencia webinar"
    ),
    "en": listed(
        "authorise autorenew billing chargeback customise dashboard deactivate downgrade erasure feedback firmware"
        " helpdesk hotkey integration invoice login lookup minimise misaligned onboarding openid overbilled"
        " overcharged passcode passphrase pricelist pricing rebate recognise refund renewal resend roadmap rollout"
        " salesperson shortlist signup slowdown subscription unauthorised unreadable unrecognised unsubscribe"
        " upgrade uptake voicemail walkthrough webhook webinar widget workspace"
    ),
}
NAMED: frozenset[str] = listed(
    "agostinho arruda barbara baiano boeing camargo caxias debora dantas freitas geraldo gremio guiana heitor inacio"
    " knicks lakers libertadores manuela marcela marcelo medina moraes parana portela quenia ramalho rebelo renata"
    " renato selena siria uganda valencia veloso atenas milao"
)
"""Names of people, places and teams, which mails are signed with."""
SPOKEN_OF: frozenset[str] = listed(
    "acervo ademais comumente cronica decorrente destacar destacou detectar detectado diretorio entorno escopo"
    " estadao etico formulacao hipoteses inclusive inspiracao inspirado liminar populacao postagem prefeita prefeitos"
    " provisorio rececao recepcao softwares tendencia tendencias umidade workshops bilhoes bilhao citacoes filmar"
    " gramado imitacao plantio pregar demarcacao cassino seriado autentica logico destacado detetar"
    " programme programmes population populations circumstance contexts economist ebook maths repost fandom"
)
"""Everyday words that the film lists hold too seldom."""
TARGET = Path(rules.signals.__file__).with_name("lookalikes.txt")
HEADER = """\
# Real words of both languages that are one edit away from another one, accents folded: `make lookalikes` makes them.
# From the word lists of pyspellchecker, which come under this licence:
#
# MIT License
#
# Copyright (c) 2018-2021 Tyler Barrus
#
# Permission is hereby granted, free of charge, to any person obtaining a copy
# of this software and associated documentation files (the "Software"), to deal
# in the Software without restriction, including without limitation the rights
# to use, copy, modify, merge, publish, distribute, sublicense, and/or sell
# copies of the Software, and to permit persons to whom the Software is
# furnished to do so, subject to the following conditions:
#
# The above copyright notice and this permission notice shall be included in all
# copies or substantial portions of the Software.
#
# THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR
# IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY,
# FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE
# AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER
# LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM,
# OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE
# SOFTWARE.
"""


def real_words(seen: int) -> Mapping[Locale, frozenset[str]]:
    """Return the words of each language that are seen so often, folded."""
    found: dict[Locale, frozenset[str]] = {}
    for language in LOCALES:
        counted: Counter[str] = Counter()
        for word, times in SpellChecker(language=language[:2]).word_frequency.items():
            if word.isalpha():
                for spelt in {fold(word), *([modern(fold(word))] if language == "pt-BR" else ())}:
                    counted[spelt] += times
        found[language] = frozenset(
            word
            for word, times in counted.items()
            if times >= seen and SHORTEST_MEANT - 1 <= len(word) <= LONGEST_MEANT + 1 and word.isascii()
        )
    return found


def lookalikes() -> list[str]:
    """Return the words of the list in their order."""
    meant, words = real_words(COMMON), real_words(SEEN)
    either = frozenset().union(*words.values(), *TRADE.values())
    found = set(NAMED | SPOKEN_OF)
    for language in LOCALES:
        nearest = Nearest(meant[language] | TRADE[language], (), language)
        found |= {word for word in either if _read_as_another(word, nearest, language)}
    return sorted(found)


def _read_as_another(word: str, nearest: Nearest, language: Locale) -> bool:
    own = key(word, language)
    return any(meant.key != own for meant in nearest.of(word))


if __name__ == "__main__":
    TARGET.write_text(HEADER + "\n".join(lookalikes()) + "\n", "ascii")
