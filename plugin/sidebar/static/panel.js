// The moving parts of the sidebar: asks whether something changed, records what the agent says, and takes it back.
// It never swaps what is on the screen unasked: the agent may be about to click there.

const THINKING_MS = 700;
const SEEN_MS = 1500;
const WAITING_MS = 4000;
const HIDDEN_MS = 30000;
const STALE_MS = 15000;
const WAITS_AFTER_MS = 15000;
const SKELETON_MS = 100;
const UNDO_SECONDS = 5;
const RENEW_MS = 10 * 60 * 1000;
const DAY_MS = 86400000;
const JOINS_WITHIN_MS = 10000;

const panel = document.getElementById("panel");
const news = document.getElementById("news");
let config = JSON.parse(document.getElementById("config").textContent);
let token = config.token;
let renewed = Date.now();
let etag = config.etag;
let failures = 0;
let lastAnswer = Date.now();
let timer = 0;
let acting = 0;
let opened = Date.now();
let host = null;
const undos = new Map();

const say = (key, values = {}) => config.words[key].replace(/\{(\w+)\}/g, (_, name) => values[name]);
const announce = (text) => { document.getElementById("say").textContent = text; };
const fill = (id) => document.getElementById(id).content.cloneNode(true);

function broken(error) {
  const told = fill("t-error");
  const hint = told.querySelector("p");
  hint.textContent = hint.textContent.replace("@@", error instanceof Refused ? `HTTP ${error.status}` : error.name);
  return told;
}

// --- talking to the server

class Refused extends Error {
  constructor(status, detail) { super(detail); this.status = status; }
}

async function ask(url, options = {}) {
  const headers = { Authorization: `Bearer ${token}`, ...options.headers };
  if (Date.now() - renewed > RENEW_MS) headers["Sidecue-Renew"] = "1";
  const answer = await fetch(url, { ...options, headers, cache: "no-store", credentials: "omit", signal: AbortSignal.timeout(10000) });
  const fresh = answer.headers.get("Sidecue-Token");
  if (fresh) { token = fresh; renewed = Date.now(); }
  if (answer.status === 401) leave("signed_out");
  if (answer.status === 403) leave("no_permission");
  if (!answer.ok && answer.status !== 304) {
    const problem = await answer.json().catch(() => ({}));
    throw new Refused(answer.status, problem.detail || problem.title || String(answer.status));
  }
  return answer;
}

const post = (url, body) => ask(url, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });

function leave(state) {
  clearTimeout(timer);
  timer = -1;
  news.hidden = true;
  panel.dataset.kind = state;
  panel.replaceChildren(fill(`t-${state}`));
}

// --- noticing changes

function next(ms) {
  if (timer === -1) return;
  clearTimeout(timer);
  timer = setTimeout(poll, ms);
}

function pace() {
  if (document.hidden) return HIDDEN_MS;
  if (failures) return Math.min(STALE_MS, SEEN_MS * 2 ** failures);
  if (panel.dataset.kind !== "thinking") return SEEN_MS;
  return Date.now() - opened > WAITS_AFTER_MS ? WAITING_MS : THINKING_MS;
}

async function poll() {
  if (acting) return next(SEEN_MS);
  try {
    const answer = await ask(config.poll, { headers: etag ? { "If-None-Match": etag } : {} });
    back();
    if (answer.status === 200 && !acting) await changed(answer);
    else if (panel.dataset.kind === "thinking") waiting();
  } catch (error) {
    if (timer === -1) return;
    failures += 1;
    if (failures > 1) stale();
  }
  refreshTimes();
  next(pace());
}

async function changed(answer) {
  const now = answer.headers.get("ETag");
  if (now === etag) return;
  const decision = await answer.json();
  if (panel.dataset.kind === "thinking") return swap(config.locale, false);
  if (news.dataset.etag === now) return;
  news.dataset.etag = now;
  tell(say("updated", { what: config.changes[cause(decision)] }), say("show"), "show");
}

// Why a decision is another one: somebody acted on it, the ticket went on, or something else about the customer is known.
function cause(decision) {
  if (decision.id === config.decision) return "verdict";
  return !decision.last_event || decision.last_event.id === config.lastEvent ? "customer" : decision.last_event.kind;
}

function tell(text, button, action) {
  news.classList.toggle("stale", action === "retry");
  news.firstElementChild.textContent = text;
  news.lastElementChild.textContent = button;
  news.lastElementChild.dataset.do = action;
  news.hidden = false;
  announce(text);
}

function stale() {
  const since = new Intl.DateTimeFormat(config.locale, { hour: "2-digit", minute: "2-digit" }).format(lastAnswer);
  if (news.hidden || news.lastElementChild.dataset.do !== "retry") tell(say("stale", { time: since }), say("retry_now"), "retry");
}

function back() {
  lastAnswer = Date.now();
  if (failures > 1) { news.hidden = true; delete news.dataset.etag; announce(say("fresh_again")); }
  failures = 0;
}

function waiting() {
  if (Date.now() - opened < WAITS_AFTER_MS) return;
  panel.querySelector(".now").hidden = true;
  panel.querySelector(".later").hidden = false;
}

async function swap(locale = config.locale, skeleton = true) {
  const folded = [...panel.querySelectorAll(".card[data-open]")].map((card) => card.dataset.id);
  const wait = setTimeout(() => skeleton && panel.replaceChildren(fill("t-skeleton")), SKELETON_MS);
  acting += 1;
  try {
    const answer = await ask(`${config.panel}&lang=${locale}`);
    const html = await answer.text();
    etag = answer.headers.get("ETag");
    clearTimeout(wait);
    for (const undo of undos.values()) clearInterval(undo.ticks);
    undos.clear();
    const page = new DOMParser().parseFromString(html, "text/html");
    const fresh = page.getElementById("panel");
    panel.dataset.kind = fresh.dataset.kind;
    panel.replaceChildren(...fresh.childNodes);
    document.querySelector(".foot").replaceWith(page.querySelector(".foot"));
    document.documentElement.lang = page.documentElement.lang;
    document.title = page.title;
    config = { ...JSON.parse(page.getElementById("config").textContent), host: config.host };
    token = config.token;
    renewed = Date.now();
    for (const id of folded) {
      const card = [...panel.querySelectorAll(".card")].find((one) => one.dataset.id === id);
      if (card) open(card, true);
    }
    news.hidden = true;
    refreshTimes();
    announce(say("shown"));
    return true;
  } catch (error) {
    clearTimeout(wait);
    if (timer !== -1) panel.replaceChildren(broken(error));
    return false;
  } finally {
    acting -= 1;
  }
}

const FAR = { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
const FULL = { dateStyle: "full", timeStyle: "long" };

// A time of a zone that counts for everybody keeps it; it is named where this browser's clock shows another time.
function formatsIn(zone, at, own) {
  if (!zone) return own;
  const far = { ...FAR, timeZone: zone };
  try {
    const same = new Intl.DateTimeFormat(config.locale, far).format(at) === own.far.format(at);
    return {
      far: same ? own.far : new Intl.DateTimeFormat(config.locale, { ...far, timeZoneName: "short" }),
      full: new Intl.DateTimeFormat(config.locale, { ...FULL, timeZone: zone }),
    };
  } catch {
    return own; // a zone that this browser does not know
  }
}

// Times near now drift: keep them true, in the zone of this browser.
function refreshTimes() {
  const near = new Intl.RelativeTimeFormat(config.locale);
  const own = { far: new Intl.DateTimeFormat(config.locale, FAR), full: new Intl.DateTimeFormat(config.locale, FULL) };
  for (const time of document.querySelectorAll("main time")) {
    const at = new Date(time.dateTime);
    const away = at - Date.now();
    const size = Math.abs(away);
    const { far, full } = formatsIn(time.dataset.zone, at, own);
    if (size < 45000) time.textContent = say("now");
    else if (size < 5400000) time.textContent = near.format(Math.round(away / 60000), "minute");
    else if (size < DAY_MS) time.textContent = near.format(Math.round(away / 3600000), "hour");
    else time.textContent = say("on", { day: far.format(at) });
    time.title = full.format(at);
  }
}

// --- what the agent does

function open(card, yes) {
  card.toggleAttribute("data-open", yes);
  card.querySelector(".fold").setAttribute("aria-expanded", String(yes));
}

function toggle(button, yes = button.getAttribute("aria-expanded") !== "true") {
  const scope = button.closest(".card, .whose");
  for (const other of scope.querySelectorAll('[data-do="ask"][aria-expanded="true"]')) {
    if (other !== button) toggle(other, false);
  }
  button.setAttribute("aria-expanded", String(yes));
  document.getElementById(button.getAttribute("aria-controls")).hidden = !yes;
}

async function act(scope, work) {
  const failed = scope.querySelector(".failed");
  failed.hidden = true;
  acting += 1;
  const buttons = [...scope.querySelectorAll("button:not(.fold)")];
  buttons.forEach((button) => button.setAttribute("aria-busy", "true"));
  try {
    return await work();
  } catch (error) {
    if (timer === -1) return null;
    failed.textContent = say("failed", { why: error instanceof Refused ? error.message : say("no_answer") });
    failed.hidden = false;
    announce(failed.textContent);
    return null;
  } finally {
    buttons.forEach((button) => button.removeAttribute("aria-busy"));
    acting -= 1;
  }
}

async function record(card, body) {
  const answer = await post(`${config.feedback}${card.dataset.id}/feedback`, body);
  const recorded = await answer.json();
  seen(recorded);
  return recorded;
}

// Our own change is no news; but when somebody else's came in between, the next question still has to bring it.
function seen(recorded) {
  if (etag === `"${recorded.revision_before}"`) etag = `"${recorded.revision}"`;
}

async function verdict(card, button) {
  if (button.ariaBusy === "true") return;
  const body = { verdict: button.dataset.verdict };
  if (button.dataset.reason) body.reason = button.dataset.reason;
  if (button.dataset.to) body.to = button.dataset.to;
  const recorded = await act(card, () => record(card, body));
  if (!recorded) return;
  const said = say(body.verdict, { function: button.textContent.trim() });
  show(card, recorded.state);
  announce(said);
  offerUndo(card, card.querySelector('[data-do="undo"]'), () => takeBack(card));
}

function show(card, state) {
  for (const button of card.querySelectorAll('[data-do="ask"][aria-expanded="true"]')) toggle(button, false);
  card.dataset.state = state;
  card.querySelector(".badge").textContent = config.badges[state] || "";
  card.querySelector(".verdict-text").textContent = config.verdicts[state] || "";
}

function offerUndo(scope, button, work) {
  clearInterval(undos.get(button)?.ticks);
  let left = UNDO_SECONDS;
  const label = button.querySelector("span");
  const count = () => { label.textContent = say("undo_seconds", { seconds: left }); };
  count();
  button.hidden = false;
  button.focus();
  const ticks = setInterval(() => {
    left -= 1;
    if (left > 0) return count();
    clearInterval(ticks);
    undos.delete(button);
    const focused = document.activeElement === button;
    button.hidden = true;
    if (focused) (scope.querySelector(".fold") || scope.querySelector(".link"))?.focus();
  }, 1000);
  undos.set(button, { ticks, work });
}

async function undo(button) {
  const offered = undos.get(button);
  if (!offered) return;
  clearInterval(offered.ticks);
  undos.delete(button);
  button.hidden = true;
  await offered.work();
}

async function takeBack(card) {
  const recorded = await act(card, () => record(card, { verdict: "undone" }));
  if (!recorded) return;
  show(card, recorded.state);
  announce(say("undone"));
  card.querySelector('.acts [data-verdict="accepted"]').checkVisibility()
    ? card.querySelector('.acts [data-verdict="accepted"]').focus()
    : card.querySelector(".fold").focus();
}

async function keepSteps(card, box) {
  const done = [...card.querySelectorAll("[data-step]")].filter((one) => one.checked).map((one) => Number(one.dataset.step));
  const recorded = await act(card, () => record(card, { steps_done: done }));
  if (recorded) announce(say("step_kept"));
  else box.checked = !box.checked;
}

async function correct(scope, to) {
  const head = scope.closest(".whose");
  const before = head.dataset.before || null;
  if (!(await act(head, () => post(config.correction, { primary: to }))) || !(await swap())) return;
  const fresh = panel.querySelector(".whose");
  announce(say("corrected", { function: fresh.querySelector('[data-testid="function"]').textContent }));
  offerUndo(fresh, fresh.querySelector('[data-do="undo-correction"]'), async () => {
    if (await act(fresh, () => post(config.correction, { primary: before })) && (await swap())) {
      announce(say("undone"));
      panel.querySelector('.whose .link, .whose .third')?.focus();
    }
  });
}

async function insert(card) {
  const text = card.querySelector("blockquote").textContent;
  if (config.composer === "host" && host?.insert) {
    try {
      await host.insert(text);
      return flash(card, say("inserted"));
    } catch (error) { /* the composer is not open: copying still helps */ }
  }
  try {
    await navigator.clipboard.writeText(text);
    flash(card, say("copied"));
  } catch (error) {
    card.querySelector(".reply").open = true;
    getSelection().selectAllChildren(card.querySelector("blockquote"));
    flash(card, document.execCommand("copy") ? say("copied") : say("copy_failed"));
  }
}

function flash(card, text) {
  const button = card.querySelector('[data-do="insert"]');
  button.setAttribute("aria-label", text);
  button.dataset.said ||= button.lastChild.textContent;
  button.lastChild.textContent = text;
  announce(text);
  clearTimeout(button.timer);
  button.timer = setTimeout(() => {
    button.lastChild.textContent = button.dataset.said;
    button.removeAttribute("aria-label");
  }, 2500);
}

// Asked only when somebody wants to know: the answer is looked for, and decided again, before it is told.
async function whatIf(card, button) {
  const told = document.getElementById(button.getAttribute("aria-controls"));
  button.setAttribute("aria-busy", "true");
  announce(say("what_if_asked"));
  try {
    const answer = await ask(`${config.feedback}${card.dataset.id}/would-change`);
    told.textContent = (await answer.json()).sentence[config.locale];
  } catch (error) {
    if (timer === -1) return;
    const changed = error instanceof Refused && error.status === 409;
    told.textContent = changed ? say("what_if_changed") : say("what_if_failed");
  } finally {
    button.removeAttribute("aria-busy");
  }
  told.hidden = false;
  announce(told.textContent);
}

const deeds = {
  fold: (button) => open(button.closest(".card"), button.getAttribute("aria-expanded") !== "true"),
  ask: (button) => toggle(button),
  verdict: (button) => verdict(button.closest(".card"), button),
  undo: (button) => undo(button),
  "undo-correction": (button) => undo(button),
  insert: (button) => insert(button.closest(".card")),
  "what-if": (button) => whatIf(button.closest(".card"), button),
  correct: (button) => correct(button, button.dataset.to),
  show: async () => { if (await swap()) panel.querySelector("#next")?.focus(); },
  retry: () => { clearTimeout(timer); timer = 0; poll(); },
  reload: () => swap(),
};

document.addEventListener("click", (event) => {
  const link = event.target.closest(".foot a[hreflang]");
  if (link) {
    event.preventDefault();
    swap(link.hreflang).then(() => document.querySelector(".foot [aria-current]")?.focus());
    return;
  }
  const button = event.target.closest("button[data-do]");
  if (button && button.ariaBusy !== "true") deeds[button.dataset.do](button);
});

document.addEventListener("change", (event) => {
  if (event.target.matches('[data-do="step"]')) keepSteps(event.target.closest(".card"), event.target);
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const scope = event.target.closest(".card, .whose");
  const expanded = scope?.querySelector('[data-do="ask"][aria-expanded="true"]');
  if (expanded) { toggle(expanded, false); expanded.focus(); return; }
  const told = event.target.closest("details[open]");
  if (told) { told.open = false; told.querySelector("summary").focus(); }
});

document.addEventListener("visibilitychange", () => { if (!document.hidden && timer !== -1) next(0); });

// --- inside a host

// The connector's host.js finds out from the host which ticket is on the screen, and says when it is another one.
async function enter() {
  const joins = panel.dataset.kind === "joining";
  try {
    const { connect } = await import(config.host.module);
    const late = new Promise((_, refuse) => setTimeout(refuse, JOINS_WITHIN_MS, new Error("late")));
    host = await Promise.race([connect({ origins: config.host.origins, watch: join }), late]);
    if (joins) await join(host);
  } catch (error) {
    if (!joins) return;
    panel.querySelector(".now").hidden = true;
    panel.querySelector(".later").hidden = false;
  }
}

async function join({ ticket, agent }) {
  if (!ticket) throw new Error("no ticket");
  clearTimeout(timer);
  opened = Date.now();
  const told = new URLSearchParams(config.panel.split("?")[1]);
  told.set("ticket", ticket);
  told.set("agent", agent || "");
  config.panel = `${config.panel.split("?")[0]}?${told}`;
  if (await swap(config.locale, true)) next(pace());
}

refreshTimes();
if (config.host) enter();
if (panel.dataset.kind !== "joining") next(pace());
