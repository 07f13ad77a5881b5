"""How people spell common words, and what is meant: abbreviations, chat, spoken forms, slips in short words, Portugal.

Each entry is here because tickets are full of it and because it can hardly mean anything else there; where a spelling
is a word of its own ("num", "ill", "id", "s/"), it is left out. Keys and meanings are folded: no case, no accents.
Slips within one edit of words of six letters or more need no entry: `rules.signals.misspelt` reads them.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from rules.text import Locale


def _table(*entries: str) -> Mapping[str, str]:
    """Read "spelling meaning; spelling meaning"; a meaning may be several words."""
    pairs = (entry.split(maxsplit=1) for text in entries for entry in text.split(";") if entry.strip())
    return MappingProxyType({spelling: meaning.strip() for spelling, meaning in pairs})


SPELLINGS: Final[Mapping[Locale, Mapping[str, str]]] = MappingProxyType(
    {
        "pt-BR": _table(
            # Chat: vowels left out, endings left out.
            "vc voce; vcs voces; ce voce; ces voces; voc voce; cmg comigo; ctg contigo; cnsc conosco; ngm ninguem",
            "tb tambem; tbm tambem; tbem tambem; tbn tambem; msm mesmo; msma mesma; td tudo; tds todos; nd nada",
            "pq por que; pqe por que; porque por que; porq por que; pk por que; oq o que; q que; qe que; n nao",
            "ñ nao; naum nao; nn nao; noa nao; naao nao; naoo nao; sqn so que nao; mt muito; mto muito; mta muita",
            "mts muitos; mtos muitos; mtas muitas; qto quanto; qnto quanto; qts quantos; qd quando; qdo quando",
            "qnd quando; hj hoje; ont ontem; amn amanha; dps depois; agr agora; dnv de novo; blz beleza",
            "vlw obrigado; obg obrigado; obgd obrigado; obrigada obrigado; brigado obrigado; vdd verdade",
            "pf por favor; pfv por favor; pfvr por favor; pfavor por favor; kd cade; aki aqui; fzr fazer",
            "fds fim de semana; qq qualquer; qlq qualquer; qlqr qualquer; cfe conforme; att atenciosamente",
            "p para",
            # As it is spoken.
            "pra para; pras para as; pros para os; to estou; tou estou; ta esta; tava estava; tavam estavam",
            "tamo estamos; tamos estamos; eh e; neh ne; xau tchau; kero quero",
            # Slips in words too short for any tolerance.
            "qero quero; qeuro quero; quro quero; queru quero; qro quero; voec voce; vose voce; cotna conta",
            "conat conta; palno plano; plnao plano; nunac nunca; nuca nunca; senah senha; snha senha; ajdua ajuda",
            # At work.
            "pgto pagamento; pgt pagamento; pagto pagamento; vlr valor; qtd quantidade; qtde quantidade",
            "cad cadastro; nf nota fiscal; nfe nota fiscal; nfse nota fiscal; cel celular; hr hora; hrs horas",
            "doc documento; docs documentos; info informacao; infos informacoes; msg mensagem; msgs mensagens",
            "app aplicativo; apps aplicativos; adm administrador; config configuracao; urg urgente",
            # Portugal's words and spellings that Brazil writes another way; silent letters are taken off elsewhere.
            "registo registro; registos registros; registar registrar; registei registrei; registado registrado",
            "registada registrada; equipa equipe; equipas equipes; utilizador usuario; utilizadores usuarios",
            "utilizadora usuaria; ficheiro arquivo; ficheiros arquivos; ecra tela; ecras telas; telemovel celular",
            "telemoveis celulares; subscricao assinatura; subscricoes assinaturas; subscritor assinante",
            "subscritores assinantes; connosco conosco; planear planejar; planeamos planejamos",
            "planeado planejado",
        ),
        "en": _table(
            # Chat.
            "pls please; plz please; plse please; plss please; plis please; u you; ur your; r are; w with",
            "ppl people; thx thanks; thnx thanks; tnx thanks; tks thanks; ty thank you; btw by the way",
            "idk i do not know; asap as soon as possible; bc because; bcz because; cuz because; coz because",
            "becuz because; tho though; tmrw tomorrow; tmr tomorrow; 2day today; 2moro tomorrow; b4 before",
            "rn right now; sth something",
            # As it is spoken.
            "wanna want to; gonna going to; gotta got to; gimme give me; lemme let me; dunno do not know; yep yes",
            "nope no; kinda kind of; alot a lot",
            # Slips in words too short for any tolerance, and contractions misspelt.
            "wnat want; wan want; waht what; hte the; teh the; adn and; nto not; dotn do not; donot do not",
            "dnt do not; dosent do not; dosnt do not; doesent do not; doenst do not; didint did not; cnat can not",
            "cnt can not; pasword password; paswd password; biling billing; acount account; plna plan; wrok work",
            "lgoin login; hlep help",
            # At work.
            "acct account; accts accounts; accnt account; acc account; pwd password; pw password; passwd password",
            "msg message; msgs messages; sub subscription; subs subscriptions; inv invoice; pymt payment",
            "pmt payment; amt amount; qty quantity; info information; yr year; yrs years; mo month; mos months",
            "wk week; wks weeks; hr hour; hrs hours; mins minutes; mgr manager; dept department; wo without",
            # British next to American; "does" is a form that the stemmer keeps apart.
            "licence license; licences licenses; cheque check; cheques checks; centre center; programme program",
            "does do",
        ),
    }
)
"""Spelling -> folded words."""
