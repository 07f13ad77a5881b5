// Draws what Sidecue says about the request, with Atlassian's own components. Written without JSX syntax: what is tested
// is what is deployed.

import React, { useCallback, useEffect, useState } from "react";
import ForgeReconciler, { Button, Heading, Inline, Link, List, ListItem, SectionMessage, Spinner, Stack, Text } from "@forge/react";
import { invoke, view as host } from "@forge/bridge";
import { SAYS, linesOf, localeOf, useChoice, usePanel } from "./usePanel.js";

const h = React.createElement;
const QUIET = { color: "color.text.subtle", size: "small" };

function App() {
  const [locale, setLocale] = useState(null);
  useEffect(() => { host.getContext().then((context) => setLocale(localeOf(context.locale))); }, []);
  return locale ? h(Sidecue, { locale }) : h(Spinner);
}

function Sidecue({ locale }) {
  const says = SAYS[locale];
  const { view, failed, load } = usePanel(useCallback((action) => invoke("panel", { locale, action }), [locale]));
  if (failed) {
    return h(Stack, { space: "space.100" },
      h(SectionMessage, { appearance: "error" }, h(Text, null, `${says.failed}: @SIDECUE_URL@`)),
      h(Button, { onClick: () => load() }, says.again));
  }
  return view ? h(Panel, { view, say: load }) : h(Spinner, { label: says.loading });
}

function texts(lines, props) {
  return lines.map((line, row) => h(Text, { key: row, ...props }, line));
}

function items(type, lines) {
  return h(List, { type }, lines.map((line, row) => h(ListItem, { key: row }, line)));
}

function Panel({ view, say }) {
  return h(Stack, { space: "space.150" },
    view.whose && h(Heading, { size: "small" }, view.whose),
    texts(linesOf(view), QUIET),
    view.message && h(Text, null, view.message),
    view.cards.map((card) => h(Card, { key: `${card.id} ${card.state}`, view, card, say })),
    view.held_back.length > 0 && items("unordered", view.held_back),
    h(Link, { href: view.link, openNewTab: true }, view.words.open));
}

function Card({ view, card, say }) {
  const { words } = view;
  return h(Stack, { space: "space.050" },
    h(Text, { weight: "bold" }, card.title),
    h(Text, QUIET, `${card.function} · ${card.due}`),
    h(Text, null, card.reason),
    card.steps.length > 0 && h(Fold, { title: words.steps }, items("ordered", card.steps)),
    card.reply && h(Fold, { title: words.reply }, texts(card.reply.split("\n"))),
    h(Fold, { title: words.why }, h(Text, null, `${words.benefit}: ${card.benefit}`), items("unordered", card.conditions)),
    card.told ? h(Text, QUIET, card.told) : h(Choices, { view, card, say }));
}

function Fold({ title, children }) {
  const [open, setOpen] = useState(false);
  const icon = open ? "chevron-down" : "chevron-right";
  return h(Stack, { alignInline: "start" },
    h(Button, { appearance: "subtle", spacing: "compact", iconBefore: icon, onClick: () => setOpen(!open) }, title),
    open && children);
}

function Choices({ view, card, say }) {
  const { words } = view;
  const { asks, setAsks, busy, choose } = useChoice(card, say);
  const button = (text, verdict, reason, props) =>
    h(Button, { key: text, isDisabled: busy, onClick: () => choose(verdict, reason), ...props }, text);
  if (!asks) {
    return h(Inline, { space: "space.100", shouldWrap: true },
      button(words.accept, "accepted", null, { appearance: "primary" }),
      button(words.done, "done"),
      h(Button, { isDisabled: busy, onClick: () => setAsks(true) }, words.dismiss));
  }
  return h(Stack, { space: "space.100", alignInline: "start" },
    h(Text, null, words.dismiss_ask),
    view.reasons.map((each) => button(each.label, "dismissed", each.value)),
    h(Button, { appearance: "subtle", onClick: () => setAsks(false) }, words.back));
}

ForgeReconciler.render(h(App));
