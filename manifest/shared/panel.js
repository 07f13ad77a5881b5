// Draws what Sidecue says about a ticket, in the page of a helpdesk's app. Every text is put in as text: what a customer
// wrote is never markup here. The app brings `ask(action)`, which returns the server's answer, and may bring
// `drawn(height)`, which is told how much room the panel takes, and `insert(text)`, which puts a ready reply where the
// agent writes; it gets back `load`, which draws the ticket anew.

function sidecuePanel({ panel, server, locale, ask, drawn, insert }) {
  const PAUSES = [3000, 6000, 12000]; // until a ticket that has just come is decided
  const SAYS = {
    "pt-BR": {
      loading: "Carregando",
      failed: "O Sidecue não respondeu. Confira a instalação do aplicativo e o endereço",
      again: "Tentar de novo",
    },
    en: { loading: "Loading", failed: "Sidecue did not answer. Check the app's installation and the address", again: "Try again" },
  };
  let shown = 0;

  function element(name, text, className) {
    const made = document.createElement(name);
    if (text) made.textContent = text;
    if (className) made.className = className;
    return made;
  }

  function button(text, press, className) {
    const made = element("button", text, className);
    made.type = "button";
    made.addEventListener("click", press);
    return made;
  }

  function list(name, texts) {
    const made = element(name);
    made.append(...texts.map((text) => element("li", text)));
    return made;
  }

  function fold(title, ...inside) {
    const made = element("details");
    made.append(element("summary", title), ...inside);
    return made;
  }

  function say(card, verdict, reason) {
    return (event) => {
      for (const each of event.target.closest(".row").querySelectorAll("button")) each.disabled = true;
      load({ recommendation: card.id, verdict, ...(reason && { reason }) });
    };
  }

  function choices(view, card) {
    const { words } = view;
    const row = element("div", "", "row");
    const reasons = element("div", "", "row");
    reasons.hidden = true;
    reasons.append(
      element("p", words.dismiss_ask),
      ...view.reasons.map((each) => button(each.label, say(card, "dismissed", each.value))),
      button(words.back, () => { reasons.hidden = true; row.hidden = false; }),
    );
    row.append(
      button(words.accept, say(card, "accepted"), "first"),
      button(words.done, say(card, "done")),
      button(words.dismiss, () => { row.hidden = true; reasons.hidden = false; }),
    );
    return [row, reasons];
  }

  function inserting(view, card) {
    const pressed = button(view.words.insert, async () => {
      pressed.disabled = true;
      await Promise.resolve(insert(card.reply)).catch(() => { pressed.previousSibling.open = true; }); // to be copied
      pressed.disabled = false;
    });
    return pressed;
  }

  function article(view, card) {
    const { words } = view;
    const made = element("article");
    made.append(element("h2", card.title), element("p", `${card.function} · ${card.due}`, "quiet"), element("p", card.reason));
    if (card.steps.length) made.append(fold(words.steps, list("ol", card.steps)));
    if (card.reply) made.append(fold(words.reply, element("pre", card.reply)), ...(insert ? [inserting(view, card)] : []));
    made.append(fold(words.why, element("p", `${words.benefit}: ${card.benefit}`), list("ul", card.conditions)));
    made.append(...(card.told ? [element("p", card.told, "quiet")] : choices(view, card)));
    return made;
  }

  function show(view) {
    const lines = [[view.with_whom, view.certainty], [view.customer], view.facts];
    const link = element("a", view.words.open);
    link.href = view.link;
    link.target = "_blank";
    link.rel = "noopener noreferrer";
    document.documentElement.lang = view.locale;
    panel.replaceChildren(
      ...(view.whose ? [element("h1", view.whose)] : []),
      ...lines.map((line) => line.filter(Boolean).join(" · ")).filter(Boolean).map((line) => element("p", line, "quiet")),
      ...(view.message ? [element("p", view.message)] : []),
      ...view.cards.map((card) => article(view, card)),
      ...(view.held_back.length ? [list("ul", view.held_back)] : []),
      link,
    );
    drawn?.(panel.scrollHeight);
  }

  async function load(action, tries = 0) {
    const turn = ++shown;
    if (!panel.children.length) panel.replaceChildren(element("p", SAYS[locale].loading, "quiet"));
    try {
      const view = await ask(action);
      if (turn !== shown) return;
      show(view);
      if (view.state === "thinking" && tries < PAUSES.length) {
        setTimeout(() => turn === shown && load(null, tries + 1), PAUSES[tries]);
      }
    } catch (error) {
      if (turn !== shown) return;
      panel.replaceChildren(element("p", `${SAYS[locale].failed}: ${server}`), button(SAYS[locale].again, () => load()));
    }
  }

  return load;
}
