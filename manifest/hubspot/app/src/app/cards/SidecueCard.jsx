// Draws what Sidecue says about the ticket. HubSpot passes each request on and signs it; no secret is in here.

import React, { useCallback, useEffect, useState } from "react";
import { Accordion, Alert, Button, Divider, Flex, Heading, Link, List, LoadingSpinner, Text, hubspot } from "@hubspot/ui-extensions";

const SERVER = "@SIDECUE_URL@";
const PAUSES = [3000, 6000, 12000]; // until a ticket that has just come is decided
const SAYS = {
  "pt-BR": { loading: "Carregando", failed: "O Sidecue não respondeu. Confira a instalação do aplicativo e o endereço", again: "Tentar de novo" },
  en: { loading: "Loading", failed: "Sidecue did not answer. Check the app's installation and the address", again: "Try again" },
};

hubspot.extend(({ context }) => <Sidecue context={context} />);

async function ask(context, locale, action) {
  const { user = {}, crm } = context;
  const agent = [user.firstName, user.lastName].filter(Boolean).join(" ") || user.email || "";
  const body = { ticket: String(crm.objectId), agent, locale, ...(action && { action }) };
  const answer = await hubspot.fetch(`${SERVER}/sidebar/hubspot/@TENANT@`, { method: "POST", body });
  if (!answer.ok) throw new Error(String(answer.status));
  return answer.json();
}

export function Sidecue({ context }) {
  const locale = String(context.user?.locale || "en").toLowerCase().startsWith("pt") ? "pt-BR" : "en";
  const [state, setState] = useState({ tries: 0 });
  const load = useCallback(async (action, tries = 0) => {
    try {
      setState({ view: await ask(context, locale, action), tries });
    } catch (error) {
      setState({ failed: true, tries });
    }
  }, [context, locale]);

  useEffect(() => { load(); }, [load]);
  useEffect(() => {
    if (state.view?.state !== "thinking" || state.tries >= PAUSES.length) return undefined;
    const timer = setTimeout(() => load(undefined, state.tries + 1), PAUSES[state.tries]);
    return () => clearTimeout(timer);
  }, [state, load]);

  if (state.failed) {
    return (
      <Flex direction="column" gap="small">
        <Alert title={`${SAYS[locale].failed}: ${SERVER}`} variant="error" />
        <Button onClick={() => load()}>{SAYS[locale].again}</Button>
      </Flex>
    );
  }
  return state.view ? <Panel view={state.view} say={load} /> : <LoadingSpinner label={SAYS[locale].loading} />;
}

function Panel({ view, say }) {
  const lines = [[view.with_whom, view.certainty], [view.customer], view.facts].map((line) => line.filter(Boolean).join(" · "));
  return (
    <Flex direction="column" gap="small">
      {view.whose && <Heading>{view.whose}</Heading>}
      {lines.filter(Boolean).map((line) => <Text key={line} variant="microcopy">{line}</Text>)}
      {view.message && <Text>{view.message}</Text>}
      {view.cards.map((card) => <Card key={`${card.id} ${card.state}`} view={view} card={card} say={say} />)}
      {view.held_back.length > 0 && <List>{view.held_back.map((line) => <Text key={line}>{line}</Text>)}</List>}
      <Link href={{ url: view.link, external: true }}>{view.words.open}</Link>
    </Flex>
  );
}

function Card({ view, card, say }) {
  const { words } = view;
  const [asks, setAsks] = useState(false);
  const [busy, setBusy] = useState(false);
  const told = (verdict, reason) => () => {
    setBusy(true);
    say({ recommendation: card.id, verdict, ...(reason && { reason }) });
  };
  return (
    <Flex direction="column" gap="extra-small">
      <Divider />
      <Text format={{ fontWeight: "bold" }}>{card.title}</Text>
      <Text variant="microcopy">{`${card.function} · ${card.due}`}</Text>
      <Text>{card.reason}</Text>
      {card.steps.length > 0 && (
        <Accordion title={words.steps}>
          <List variant="ordered-styled">{card.steps.map((step) => <Text key={step}>{step}</Text>)}</List>
        </Accordion>
      )}
      {card.reply && <Accordion title={words.reply}>{card.reply.split("\n").map((line, row) => <Text key={row}>{line}</Text>)}</Accordion>}
      <Accordion title={words.why}>
        <Text>{`${words.benefit}: ${card.benefit}`}</Text>
        <List>{card.conditions.map((line) => <Text key={line}>{line}</Text>)}</List>
      </Accordion>
      {card.told && <Text variant="microcopy">{card.told}</Text>}
      {!card.told && !asks && (
        <Flex gap="extra-small" wrap="wrap">
          <Button variant="primary" disabled={busy} onClick={told("accepted")}>{words.accept}</Button>
          <Button disabled={busy} onClick={told("done")}>{words.done}</Button>
          <Button disabled={busy} onClick={() => setAsks(true)}>{words.dismiss}</Button>
        </Flex>
      )}
      {!card.told && asks && (
        <Flex direction="column" gap="extra-small">
          <Text>{words.dismiss_ask}</Text>
          {view.reasons.map((each) => <Button key={each.value} disabled={busy} onClick={told("dismissed", each.value)}>{each.label}</Button>)}
          <Button variant="transparent" onClick={() => setAsks(false)}>{words.back}</Button>
        </Flex>
      )}
    </Flex>
  );
}
