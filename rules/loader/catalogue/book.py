"""Findings about how files fit together: ids, references, overlays, strata."""

from __future__ import annotations

from typing import Final

from rules.loader.catalogue.entry import Entry, error, warning

BOOK: Final[dict[str, Entry]] = {
    "id.mismatch": error(
        ("O id é {id}, mas o arquivo pede {expected}.", "The id is {id}, but the file asks for {expected}."),
        ("O id é o caminho: quem vê um acha o outro.", "The id is the path: whoever sees one finds the other."),
        ("Escreva {expected} ou mova o arquivo.", "Write {expected}, or move the file."),
    ),
    "id.duplicate": error(
        ("{id} já está definido em {other}.", "{id} is already defined in {other}."),
        ("Só um dos dois valeria.", "Only one of the two would count."),
        (
            "Dê outro nome; para mudar um que veio com o produto, escreva `overlay: {id}`.",
            "Give it another name; to change a shipped one, write `overlay: {id}`.",
        ),
    ),
    "pack.missing": error(
        ("Falta o pack.yml da pasta {pack}.", "The pack.yml of the folder {pack} is missing."),
        ("Sem ele não se sabe de quem são as regras.", "Without it nobody knows whose rules these are."),
        ("Crie {pack}/pack.yml com id: {pack}.", "Create {pack}/pack.yml with id: {pack}."),
    ),
    "pack.unknown_need": error(
        ("{name} não é um pacote nem um campo.", "{name} is neither a pack nor a field."),
        ("`needs` diz o que o pacote precisa para funcionar.", "`needs` says what the pack needs to work."),
        ("Escreva um pacote carregado ou um campo do vocabulário.", "Write a loaded pack or a vocabulary field."),
    ),
    "pack.unknown_need_near": error(
        ("{name} não é um pacote nem um campo.", "{name} is neither a pack nor a field."),
        ("`needs` diz o que o pacote precisa para funcionar.", "`needs` says what the pack needs to work."),
        ("Você quis dizer {near}?", "Did you mean {near}?"),
    ),
    "reference.unknown_action": error(
        ("Não existe a ação {id}.", "There is no action {id}."),
        ("A regra não teria o que recomendar ou deter.", "The rule would have nothing to recommend or hold back."),
        (
            "Crie o arquivo da ação em actions/ ou corrija o nome.",
            "Create the action's file under actions/, or correct the name.",
        ),
    ),
    "reference.unknown_action_near": error(
        ("Não existe a ação {id}.", "There is no action {id}."),
        ("A regra não teria o que recomendar ou deter.", "The rule would have nothing to recommend or hold back."),
        ("Você quis dizer {near}?", "Did you mean {near}?"),
    ),
    "reference.unknown_rule": error(
        ("Não existe a regra {id}.", "There is no rule {id}."),
        ("Quem procura a substituta não a acharia.", "Whoever looks for the replacement would not find it."),
        ("Corrija o id ou deixe replaced_by: [].", "Correct the id, or leave replaced_by: []."),
    ),
    "reference.unknown_rule_near": error(
        ("Não existe a regra {id}.", "There is no rule {id}."),
        ("Quem procura a substituta não a acharia.", "Whoever looks for the replacement would not find it."),
        ("Você quis dizer {near}?", "Did you mean {near}?"),
    ),
    "reference.not_live": error(
        ("A substituta {id} também está obsoleta.", "The replacement {id} is deprecated as well."),
        ("Quem troca uma pela outra não ganha nada.", "Whoever changes over to it has gained nothing."),
        ("Escreva o que está no lugar dela: {instead}.", "Write what stands in its place: {instead}."),
    ),
    "reference.itself": error(
        ("{id} aponta para si mesmo.", "{id} points at itself."),
        ("Isso não quer dizer nada.", "That means nothing."),
        ("Apague a referência.", "Delete the reference."),
    ),
    "derive.cycle": error(
        ("As derivações andam em círculo: {cycle}.", "The derivations go in a circle: {cycle}."),
        ("Nenhuma delas poderia ser a primeira.", "None of them could come first."),
        (
            "Leia numa delas os sinais ou campos de origem em vez do campo derivado.",
            "Let one of them read the signals or fields at the source instead of the derived field.",
        ),
    ),
    "derive.not_derived": error(
        ("{field} não é um campo derivado.", "{field} is not a derived field."),
        ("Só campos derivados são preenchidos por regras.", "Only derived fields are filled in by rules."),
        ("Use um destes: {names}.", "Use one of: {names}."),
    ),
    "derive.not_derived_near": error(
        ("{field} não é um campo derivado.", "{field} is not a derived field."),
        ("Só campos derivados são preenchidos por regras.", "Only derived fields are filled in by rules."),
        ("Você quis dizer {near}?", "Did you mean {near}?"),
    ),
    "purpose.violation": error(
        (
            "{action} vende ({kind}), e {field} não foi coletado para vender.",
            "{action} sells ({kind}), and {field} was not collected to sell.",
        ),
        (
            "A LGPD (art. 6, I) só deixa usar um dado para o fim declarado.",
            "LGPD (art. 6 I) lets a datum be used only for its declared purpose.",
        ),
        (
            "Retire {field} da condição ou recomende uma ação que não venda.",
            "Take {field} out of the condition, or recommend an action that does not sell.",
        ),
    ),
    "overlay.unknown": error(
        ("Não existe {id} para sobrepor.", "There is no {id} to overlay."),
        ("Um overlay muda algo que já existe.", "An overlay changes something that exists."),
        ("Corrija o id ou escreva o arquivo inteiro.", "Correct the id, or write the whole file."),
    ),
    "overlay.unknown_near": error(
        ("Não existe {id} para sobrepor.", "There is no {id} to overlay."),
        ("Um overlay muda algo que já existe.", "An overlay changes something that exists."),
        ("Você quis dizer {near}?", "Did you mean {near}?"),
    ),
    "overlay.twice": error(
        ("{id} já é sobreposto por {other}.", "{id} is already overlaid by {other}."),
        ("A ordem decidiria qual vale.", "Their order would decide which one counts."),
        ("Junte os dois arquivos num só.", "Join the two files into one."),
    ),
    "overlay.deprecated": warning(
        ("A regra {id} está obsoleta desde {since}.", "The rule {id} is deprecated since {since}."),
        ("Ela não é avaliada; a mudança não tem efeito.", "It is not evaluated; the change has no effect."),
        (
            "Sobreponha o que está no lugar dela: {instead}; ou apague o arquivo.",
            "Overlay what stands in its place: {instead}; or delete the file.",
        ),
    ),
    "overlay.guardrail": error(
        ("{id} é um guardrail e não se sobrepõe.", "{id} is a guardrail and is not to be overlaid."),
        (
            "Nenhuma regra, de quem for, afrouxa um guardrail que veio com o produto.",
            "No rule, whoever writes it, loosens a guardrail that ships with the product.",
        ),
        (
            "Apague o overlay; para deter mais, escreva um guardrail próprio.",
            "Delete the overlay; to hold back more, write a guardrail of your own.",
        ),
    ),
    "overlay.weakens": error(
        ("Isto enfraquece o guardrail {guardrail}.", "This weakens the guardrail {guardrail}."),
        (
            "Ele lê {id}; com esta mudança deixaria de deter uma oferta.",
            "It reads {id}; with this change it would stop holding an offer back.",
        ),
        (
            "Apague a mudança; para outro uso, crie um sinal ou uma regra própria.",
            "Delete the change; for another use, create a signal or rule of your own.",
        ),
    ),
    "overlay.unfit": error(
        ("A regra {id} não recomenda; não tem alavanca.", "The rule {id} does not recommend; it has no lever."),
        ("A alavanca só pesa na ordem das recomendações.", "A lever weighs only in the order of recommendations."),
        ("Apague `then`.", "Delete `then`."),
    ),
    "overlay.key": error(
        ("{key} não se sobrepõe.", "{key} is not to be overlaid."),
        (
            "O que decide quando algo vale fica com quem o escreveu.",
            "What decides when something holds stays with whoever wrote it.",
        ),
        (
            "Apague {key}; um overlay muda {names}. Para outra condição, escreva uma regra própria.",
            "Delete {key}; an overlay changes {names}. For another condition write a rule of your own.",
        ),
    ),
    "worth.not_a_number": error(
        ("{field} não é um número.", "{field} is no number."),
        ("O valor da ação é o campo vezes `multiplier`.", "The action's value is the field times `multiplier`."),
        (
            "Use um campo numérico, como {sample}, ou apague `field`.",
            "Use a number field, such as {sample}, or delete `field`.",
        ),
    ),
    "overlay.place": error(
        ("Este arquivo não sobrepõe nada aqui.", "This file overlays nothing here."),
        ("Pacotes e calibração não têm overlay.", "Packs and the calibration have no overlay."),
        ("Apague `overlay` e escreva o arquivo inteiro.", "Delete `overlay`, and write the whole file."),
    ),
    "signal.phrase": error(
        ("A expressão não pode ser lida: {problem}.", "The phrase cannot be read: {problem}."),
        ("O sinal nunca seria achado por ela.", "The signal would never be found by it."),
        ("Para corrigir: {remedy}.", "To mend it: {remedy}."),
    ),
    "reply.unknown_slot": error(
        ("Não existe a lacuna {slot}.", "There is no slot {slot}."),
        ("O cliente receberia a resposta com um buraco.", "The customer would get the reply with a hole in it."),
        (
            "Use um campo do vocabulário, requester.first_name, agent.name ou ticket.id.",
            "Use a vocabulary field, requester.first_name, agent.name or ticket.id.",
        ),
    ),
    "reply.unknown_slot_near": error(
        ("Não existe a lacuna {slot}.", "There is no slot {slot}."),
        ("O cliente receberia a resposta com um buraco.", "The customer would get the reply with a hole in it."),
        ("Você quis dizer {near}?", "Did you mean {near}?"),
    ),
    "reply.no_fallback": error(
        ("A lacuna {slot} não tem alternativa.", "The slot {slot} has no fallback."),
        ("O valor pode não ser conhecido.", "The value may not be known."),
        (
            "Escreva {{{slot}|alternativa}}, com um texto que sirva sem o valor.",
            "Write {{{slot}|fallback}}, with a text that does without the value.",
        ),
    ),
    "reply.braces": error(
        ("Há uma chave {brace} sem par.", "There is a {brace} without its partner."),
        ("Chaves abrem e fecham lacunas.", "Braces open and close slots."),
        (
            "Feche a lacuna, como {{ticket.id|seu chamado}}, ou apague a chave.",
            "Close the slot, as in {{ticket.id|your ticket}}, or delete the brace.",
        ),
    ),
}
