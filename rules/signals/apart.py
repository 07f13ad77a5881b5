"""Words that the stemmer would take for forms of other ones: "important" and "import", "março" and "marcar".

Written as people write them, folded; each row is one word in its forms, compared by its first and a hyphen,
which no stem holds.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from rules.text import Locale


def _rows(*texts: str) -> Mapping[str, str]:
    """Read "form form; form form"."""
    rows = (row.split() for text in texts for row in text.split(";"))
    return MappingProxyType({form: f"{forms[0]}-" for forms in rows for form in forms})


APART: Final[Mapping[Locale, Mapping[str, str]]] = MappingProxyType(
    {
        "pt-BR": _rows(
            # Small words, and verbs that look like them: parar, entrar, sobrar, atrasar, foram.
            "para; como; logo; sobre; cada; porque; entre; atras; fora; foro; foram; disso; sequer; segundo; nove",
            "pelo pela pelos pelas; parte partes; caso casos; gente gentes",
            # Months, days and times, and verbs: marcar, saber, temer, minutar.
            "marco; sabado sabados; sabara; tema temas; minuto minutos; mesa mesas",
            # Things, and verbs or other things: contar, notar, casar, portar, ver, agendar, medir, postar, titular.
            "conta contas; nota notas; casa casas; porta portas; porto portos; vida vidas; agenda agendas; medo medos",
            "posto postos; taxi taxis; titulo titulos; restaurante restaurantes; mala malas; prazer prazeres",
            "fome; mente; cargo cargos; livro livros; cabo cabos; sala salas; prato pratos; senhor senhores",
            "comida comidas",
            # What things are like.
            "preto preta pretos pretas; grave graves; baixo baixa baixos baixas; valido valida validos validas",
        ),
        "en": _rows(
            # What things are like, and verbs or things: import, help, use, wonder, love, please, custom, excel.
            "quite; several; important importance importantly; useful usefulness; helpful helpfully; wonderful",
            "lovely; pleased; likely; lately; hardly; nearly; totally; basically; finally; clearly; shortly; fairly",
            "willing willingly; careful carefully; friendly; kindly; handful; timely; overly; custom; excel",
            "active actively activity activities; positive positively; identical; personal personally; goods",
            "productive productivity; responsible responsibility responsibilities; patiently; additionally addition",
            # Who people are and what things are called, and what is done: manage, account, depart, test.
            "manager managers management; customer customers; accountant accountants accounting; officer officers",
            "operator operators; author authors; authority authorities; assistant assistants; executive executives",
            "department departments; apartment apartments; conversation conversations; direction directions",
            "presentation presentations; marketing; production productions; success; range ranges; general generals",
            "expense expenses; follower followers; experiment experiments; figures; party parties",
        ),
    }
)
