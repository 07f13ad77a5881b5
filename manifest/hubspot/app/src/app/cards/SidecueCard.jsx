// Draws what Sidecue says about the ticket. HubSpot passes each request on and signs it; no secret is in here. Written
// without JSX syntax: what is tested is what is uploaded.

import React, { useCallback } from "react";
import { Accordion, Alert, Button, Divider, Flex, Heading, Link, List, LoadingSpinner, Text, hubspot } from "@hubspot/ui-extensions";
import { SAYS, linesOf, localeOf, useChoice, usePanel } from "./usePanel.js";

const SERVER = "@SIDECUE_URL@";
const h = React.createElement;

hubspot.extend(({ context }) => h(Sidecue, { context }));

async function ask(context, action) {
  const { user = {}, crm } = context;
  const agent = [user.firstName, user.lastName].filter(Boolean).join(" ") || user.email || "";
  const body = { ticket: String(crm.objectId), agent, locale: localeOf(user.locale), ...(action && { action }) };
  const answer = await hubspot.fetch(`${SERVER}/sidebar/hubspot/@TENANT@`, { method: "POST", body });
  if (!answer.ok) throw new Error(String(answer.status));
  return answer.json();
}

export function Sidecue({ context }) {
  const says = SAYS[localeOf(context.user?.locale)];
  const { view, failed, load } = usePanel(useCallback((action) => ask(context, action), [context]));
  if (failed) {
    return h(Flex, { direction: "column", gap: "small" },
      h(Alert, { title: `${says.failed}: ${SERVER}`, variant: "error" }),
      h(Button, { onClick: () => load() }, says.again));
  }
  return view ? h(Panel, { view, say: load }) : h(LoadingSpinner, { label: says.loading });
}

function texts(lines, props) {
  return lines.map((line, row) => h(Text, { key: row, ...props }, line));
}

function Panel({ view, say }) {
  return h(Flex, { direction: "column", gap: "small" },
    view.whose && h(Heading, null, view.whose),
    texts(linesOf(view), { variant: "microcopy" }),
    view.message && h(Text, null, view.message),
    view.cards.map((card) => h(Card, { key: `${card.id} ${card.state}`, view, card, say })),
    view.held_back.length > 0 && h(List, null, texts(view.held_back)),
    h(Link, { href: { url: view.link, external: true } }, view.words.open));
}

function Card({ view, card, say }) {
  const { words } = view;
  return h(Flex, { direction: "column", gap: "extra-small" },
    h(Divider),
    h(Text, { format: { fontWeight: "bold" } }, card.title),
    h(Text, { variant: "microcopy" }, `${card.function} · ${card.due}`),
    h(Text, null, card.reason),
    card.steps.length > 0 && h(Accordion, { title: words.steps }, h(List, { variant: "ordered-styled" }, texts(card.steps))),
    card.reply && h(Accordion, { title: words.reply }, texts(card.reply.split("\n"))),
    h(Accordion, { title: words.why },
      h(Text, null, `${words.benefit}: ${card.benefit}`),
      h(List, null, texts(card.conditions))),
    card.told ? h(Text, { variant: "microcopy" }, card.told) : h(Choices, { view, card, say }));
}

function Choices({ view, card, say }) {
  const { words } = view;
  const { asks, setAsks, busy, choose } = useChoice(card, say);
  const button = (text, verdict, reason, props) =>
    h(Button, { key: text, disabled: busy, onClick: () => choose(verdict, reason), ...props }, text);
  if (!asks) {
    return h(Flex, { gap: "extra-small", wrap: "wrap" },
      button(words.accept, "accepted", null, { variant: "primary" }),
      button(words.done, "done"),
      h(Button, { disabled: busy, onClick: () => setAsks(true) }, words.dismiss));
  }
  return h(Flex, { direction: "column", gap: "extra-small" },
    h(Text, null, words.dismiss_ask),
    view.reasons.map((each) => button(each.label, "dismissed", each.value)),
    h(Button, { variant: "transparent", onClick: () => setAsks(false) }, words.back));
}
