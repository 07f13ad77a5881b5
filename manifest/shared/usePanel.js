// Keeps what Sidecue says about a ticket for a card that is drawn with React, and asks again while a ticket is so new
// that nothing is decided yet. `ask(action)` returns the server's answer; it has to stay the same function while it asks
// about the same ticket.

import { useCallback, useEffect, useRef, useState } from "react";

const PAUSES = [3000, 6000, 12000];

export const SAYS = {
  "pt-BR": { loading: "Carregando", failed: "O Sidecue não respondeu. Confira a instalação do aplicativo e o endereço", again: "Tentar de novo" },
  en: { loading: "Loading", failed: "Sidecue did not answer. Check the app's installation and the address", again: "Try again" },
};

export function localeOf(tag) {
  return String(tag || "en").toLowerCase().startsWith("pt") ? "pt-BR" : "en";
}

export function linesOf(view) {
  return [[view.with_whom, view.certainty], [view.customer], view.facts]
    .map((line) => line.filter(Boolean).join(" · "))
    .filter(Boolean);
}

export function usePanel(ask) {
  const [state, setState] = useState({ tries: 0 });
  const turn = useRef(0); // an answer that was overtaken by another is dropped
  const load = useCallback(async (action, tries = 0) => {
    const mine = ++turn.current;
    const show = (told) => { if (mine === turn.current) setState({ ...told, tries }); };
    try {
      show({ view: await ask(action) });
    } catch (error) {
      show({ failed: true });
    }
  }, [ask]);

  useEffect(() => { load(); }, [load]);
  useEffect(() => {
    if (state.view?.state !== "thinking" || state.tries >= PAUSES.length) return undefined;
    const timer = setTimeout(() => load(undefined, state.tries + 1), PAUSES[state.tries]);
    return () => clearTimeout(timer);
  }, [state, load]);

  return { ...state, load };
}

// What an agent says about one card: `asks` while the reason is asked for, `busy` once something was said.
export function useChoice(card, say) {
  const [asks, setAsks] = useState(false);
  const [busy, setBusy] = useState(false);
  const choose = (verdict, reason) => {
    setBusy(true);
    say({ recommendation: card.id, verdict, ...(reason && { reason }) });
  };
  return { asks, setAsks, busy, choose };
}
