// Speaks to Help Scout, which frames the page as an app, as its JavaScript SDK does: it asks for the context, and hears
// it again whenever it changes. Anybody could post such messages, so only the window above us counts, and only from
// Help Scout's own address.

const HEIGHT = 640;

function read(data) {
  const id = data?.type === "SEND_APP_CONTEXT" && data.conversation?.id;
  if (!id) return null;
  const { firstName, lastName } = data.user || {};
  return { ticket: String(id), agent: [firstName, lastName].filter(Boolean).join(" ") };
}

export async function connect({ origins, watch }) {
  if (window.parent === window) throw new Error("the page is not inside Help Scout");
  const appId = window.name.replace(/app-side-panel-|app-/, "");
  const send = (message) => {
    for (const origin of origins) window.parent.postMessage({ ...message, appId, iframeId: window.name }, origin);
  };
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
    send({ type: "SET_APP_HEIGHT", value: HEIGHT });
    send({ type: "GET_APP_CONTEXT" });
  });
}
