// Speaks to Chatwoot, which frames the page as a dashboard app: it posts the conversation and the agent as JSON text.
// Whoever frames us could post that too, so only the window above us counts, and only from the tenant's own address.

const ASK = "chatwoot-dashboard-app:fetch-info";

function read(data) {
  if (typeof data !== "string") return null;
  try {
    const told = JSON.parse(data);
    const id = told.event === "appContext" && told.data?.conversation?.id;
    return id ? { ticket: String(id), agent: told.data.currentAgent?.name || "" } : null;
  } catch (error) {
    return null;
  }
}

export async function connect({ origins, watch }) {
  if (window.parent === window) throw new Error("the page is not inside Chatwoot");
  return new Promise((resolve) => {
    let seen = null;
    window.addEventListener("message", (event) => {
      if (event.source !== window.parent || !origins.includes(event.origin)) return;
      const told = read(event.data);
      if (!told || told.ticket === seen) return;
      const first = seen === null;
      seen = told.ticket;
      if (first) resolve(told); else watch(told);
    });
    for (const origin of origins) window.parent.postMessage(ASK, origin);
  });
}
