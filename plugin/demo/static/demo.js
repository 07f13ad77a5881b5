// The demo's helpdesk: asks what is new, draws inbox, conversation and strip, and frames the panel of the chosen ticket.

const config = JSON.parse(document.getElementById("config").textContent);
const POLL_MS = 1200;
const seen = new Map();
let chosen = new URLSearchParams(location.search).get("ticket");
let drawn = "";

const plural = new Intl.PluralRules(config.locale);
const near = new Intl.RelativeTimeFormat(config.locale, { style: "narrow" });
const clock = new Intl.DateTimeFormat(config.locale, { hour: "2-digit", minute: "2-digit", second: "2-digit" });

function say(key, values = {}) {
  const entry = config.words[key];
  const text = typeof entry === "string" ? entry : entry[plural.select(values.count)] || entry.other;
  return text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

function make(tag, properties = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

function part(name) {
  if (!name) return make("span", { className: "part" }, say("undecided"));
  const icon = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  icon.setAttribute("class", "icon");
  icon.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `#i-${name}`);
  icon.append(use);
  return make("span", { className: `part fn-${name}` }, icon, config.functions[name]);
}

function ago(iso) {
  const seconds = (new Date(iso) - Date.now()) / 1000;
  if (seconds > -60) return say("new");
  return seconds > -3600 ? near.format(Math.round(seconds / 60), "minute") : near.format(Math.round(seconds / 3600), "hour");
}

function drawInbox(tickets) {
  document.getElementById("waiting").hidden = tickets.length > 0;
  document.getElementById("count").textContent = tickets.length || "";
  const focused = document.activeElement?.dataset?.ticket;
  document.getElementById("inbox").replaceChildren(...tickets.map((ticket) => {
    if (ticket.id === chosen) seen.set(ticket.id, ticket.revision);
    const unread = seen.get(ticket.id) !== ticket.revision;
    const button = make("button", { type: "button", className: `${unread ? "unread" : ""} ${ticket.open ? "" : "solved"}` },
      make("span", { className: "subject" }, ticket.subject), make("span", { className: "at" }, ago(ticket.at)),
      make("span", { className: "who" }, `#${ticket.id} ${ticket.who}`), part(ticket.primary));
    button.dataset.ticket = ticket.id;
    button.setAttribute("aria-current", String(ticket.id === chosen));
    return make("li", {}, button);
  }));
  if (focused) document.querySelector(`[data-ticket="${CSS.escape(focused)}"]`)?.focus();
}

function drawTalk(said) {
  const now = JSON.stringify([chosen, said]);
  if (now === drawn) return;
  drawn = now;
  document.getElementById("pick").hidden = Boolean(chosen);
  document.getElementById("talk").replaceChildren(...said.map((one) => make("li", { className: one.by },
    make("p", { className: "head" }, make("b", {}, one.who), say(one.by), make("time", { dateTime: one.at }, clock.format(new Date(one.at)))),
    make("p", { className: "text" }, one.text))));
}

function drawHappened(happened) {
  document.getElementById("happened").replaceChildren(...happened.map((one) => make("li", {},
    make("b", {}, `#${one.ticket}`), part(one.primary),
    make("span", {}, say("took", { ms: one.ms.toLocaleString(config.locale) })),
    make("code", {}, say("webhook", { id: one.delivery })),
    make("span", { className: "rules", title: one.rules.map((rule) => `${rule.id}: ${rule.title}`).join("\n") },
      `${say("rules", { count: one.rules.length })}: ${one.rules.map((rule) => rule.title).join(", ")}`))));
}

function choose(ticket) {
  chosen = ticket;
  const frame = document.getElementById("panel");
  frame.src = `/demo/panel?${new URLSearchParams({ ticket, lang: config.locale })}`;
  frame.hidden = false;
  for (const button of document.querySelectorAll("[data-ticket]")) button.setAttribute("aria-current", String(button.dataset.ticket === ticket));
  for (const link of document.querySelectorAll(".top a")) link.search = new URLSearchParams({ lang: link.hreflang, ticket });
}

async function poll() {
  try {
    const answer = await fetch(`/demo/state.json?${new URLSearchParams({ ticket: chosen || "", lang: config.locale })}`, { cache: "no-store" });
    if (!answer.ok) throw new Error(String(answer.status));
    const state = await answer.json();
    if (!chosen && state.tickets.length && state.tickets.at(-1).primary) { choose(state.tickets.at(-1).id); return poll(); }
    drawInbox(state.tickets);
    drawTalk(state.conversation);
    drawHappened(state.happened);
    document.getElementById("stopped").hidden = true;
  } catch (error) {
    document.getElementById("stopped").hidden = false;
  }
  setTimeout(poll, document.hidden ? 5000 : POLL_MS);
}

document.getElementById("inbox").addEventListener("click", (event) => {
  const button = event.target.closest("[data-ticket]");
  if (button) { choose(button.dataset.ticket); button.classList.remove("unread"); drawn = ""; }
});

if (chosen) choose(chosen);
poll();
