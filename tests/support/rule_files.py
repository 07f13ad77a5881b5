"""A small, right pack of rule files, to be written anywhere and then broken on purpose."""

from pathlib import Path

PACK = """\
schema: 1
id: shop
title: {pt-BR: Loja, en: Shop}
owner: cx
version: "1.0.0"
needs: [customer.tier]
does_not_cover: {pt-BR: Entregas, en: Deliveries}
"""

RULE = """\
schema: 1
id: shop.renewal_call
version: 1
kind: recommendation
status: stable
title: {pt-BR: Renovação em risco, en: Renewal at risk}
rationale: {pt-BR: Falha perto da renovação., en: A fault near the renewal.}
owner: account-management
practice: [A75]
when:
  all:
    - signals: {has: broken_thing}
    - any:
        - customer.tier: {in: [key, enterprise]}
        - customer.mrr: {at_least: 5000}
then:
  recommend: {action: shop.call, lever: 1.2}
examples:
  - name: key account
    given: {signals: [broken_thing], customer: {tier: key}}
    expect: match
  - name: high revenue
    given: {signals: [broken_thing], customer: {mrr: 6000}}
    expect: match
  - name: small account
    given: {signals: [broken_thing], customer: {tier: standard, mrr: 10}}
    expect: no_match
"""

OFFER = """\
schema: 1
id: shop.offer_more
version: 1
kind: recommendation
status: stable
title: {pt-BR: Oferecer mais, en: Offer more}
rationale: {pt-BR: Usa tudo., en: Uses all of it.}
owner: account-management
practice: []
when: {customer.seat_utilisation: {at_least: 0.9}}
then:
  recommend: {action: shop.upgrade}
examples:
  - name: full
    given: {customer: {seat_utilisation: 0.95}}
    expect: match
  - name: half empty
    given: {customer: {seat_utilisation: 0.5}}
    expect: no_match
"""

GUARDRAIL = """\
schema: 1
id: shop.no_sale
version: 1
kind: guardrail
status: stable
title: {pt-BR: Sem venda, en: No sale}
rationale: {pt-BR: Há uma falha aberta., en: A fault is open.}
owner: cx
practice: [A12]
when:
  any:
    - severity: severe
    - customer.opted_out: true
on_unknown: suppress
then:
  suppress:
    kinds: [upsell]
    reason: {pt-BR: Há uma falha aberta, en: A fault is open}
examples:
  - name: severe
    given: {severity: severe, customer: {opted_out: false}}
    expect: match
  - name: opted out
    given: {severity: none, customer: {opted_out: true}}
    expect: match
  - name: nobody knows
    given: {severity: none}
    expect: match
  - name: all is well
    given: {severity: none, customer: {opted_out: false}}
    expect: no_match
"""

DERIVATION = """\
schema: 1
id: shop.severe
version: 1
kind: derivation
status: stable
title: {pt-BR: Falha grave, en: Severe fault}
rationale: {pt-BR: O texto diz., en: The text says so.}
owner: cx
practice: []
when: {signals: {has: broken_thing}}
then: {derive: {severity: severe}}
examples:
  - name: said
    given: {signals: [broken_thing]}
    expect: match
  - name: not said
    given: {}
    expect: no_match
"""

VOTE = """\
schema: 1
id: shop.vote
version: 1
kind: classification
status: stable
title: {pt-BR: É do suporte, en: It is support}
rationale: {pt-BR: Algo quebrou., en: Something broke.}
owner: cx
practice: []
when: {signals: {has: broken_thing}}
then: {classify: {support: 3}, collaborate: [success]}
examples:
  - name: said
    given: {signals: [broken_thing]}
    expect: match
  - name: not said
    given: {}
    expect: no_match
"""

SIGNAL = """\
schema: 1
name: broken_thing
title: {pt-BR: Algo quebrou, en: Something broke}
phrases:
  pt-BR:
    - parou ~2 funcionar
  en:
    - stopped ~1 working
not_when:
  en: [stopped working hours]
negatable: true
examples:
  pt-BR:
    match: [O sistema parou de funcionar hoje]
    no_match: [O sistema funciona bem]
  en:
    match: [The system stopped working today]
    no_match: [Everything works well]
"""

CALL = """\
schema: 1
id: shop.call
kind: recover
function: account_management
title: {pt-BR: Ligar, en: Call}
steps:
  - {pt-BR: Ligue., en: Call.}
  - {pt-BR: Anote., en: Take notes.}
reply:
  pt-BR: "Olá {requester.first_name|cliente}, vamos ligar."
  en: "Hello {requester.first_name|there}, we will call."
involve: [support]
due_in_hours: 4
value: {field: customer.mrr, multiplier: 2.0, otherwise: 100}
benefit: {pt-BR: O cliente fica., en: The customer stays.}
cooldown_days: 7
"""

UPGRADE = """\
schema: 1
id: shop.upgrade
kind: upsell
function: account_management
title: {pt-BR: Subir de plano, en: Upgrade}
steps:
  - {pt-BR: Mostre o plano., en: Show the plan.}
  - {pt-BR: Envie a proposta., en: Send the quote.}
involve: []
due_in_hours: 48
value: {multiplier: 1.0, otherwise: 50}
benefit: {pt-BR: Mais usuários., en: More seats.}
cooldown_days: 30
needs: {customer.seats: {known: true}}
"""

FILES = {
    "pack.yml": PACK,
    "renewal_call.yml": RULE,
    "offer_more.yml": OFFER,
    "no_sale.yml": GUARDRAIL,
    "severe.yml": DERIVATION,
    "vote.yml": VOTE,
    "signals/broken_thing.yml": SIGNAL,
    "actions/call.yml": CALL,
    "actions/upgrade.yml": UPGRADE,
}


def write_pack(root: Path, **changed: str) -> Path:
    """Write the pack `shop` under `root` and return its folder.

    `changed`: new content by file, `/` written as `__` and without .yml (`signals__broken_thing`).
    """
    folder = root / "shop"
    files = dict(FILES)
    for name, content in changed.items():
        files[name.replace("__", "/") + ".yml"] = content
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, "utf-8")
    return folder


def line_of(content: str, part: str) -> int:
    """Return the line, from 1, on which `part` first stands."""
    return content[: content.index(part)].count("\n") + 1
