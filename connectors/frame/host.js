// Speaks to a page that frames the sidebar by a signed link and knows our words: connectors/standard/doc.md tells them.
// The link says which ticket it is; the page is only asked to put a reply where its agents write.

const ANSWERS_WITHIN_MS = 2000;

export async function connect({ origins }) {
  if (window.parent === window) throw new Error("the page is not inside a helpdesk");
  const around = location.ancestorOrigins?.[0];
  const to = origins.filter((origin) => !around || origin === around);
  const waits = new Map();
  let asked = 0;

  window.addEventListener("message", ({ source, origin, data }) => {
    if (source !== window.parent || !origins.includes(origin) || data?.sidecue !== "inserted") return;
    waits.get(data.id)?.();
    waits.delete(data.id);
  });

  const insert = (text) => new Promise((resolve, refuse) => {
    asked += 1;
    waits.set(asked, resolve);
    setTimeout(refuse, ANSWERS_WITHIN_MS, new Error("the page around did not take the reply"));
    for (const origin of to) window.parent.postMessage({ sidecue: "insert", id: asked, text }, origin);
  });

  return { ticket: "", agent: "", insert };
}
