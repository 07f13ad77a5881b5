// Asks Sidecue about the ticket beside which this app stands. Freshworks' servers pass the request on by a template, and
// add the tenant's key, which no agent's browser sees.

const locale = navigator.language.toLowerCase().startsWith("pt") ? "pt-BR" : "en";

async function ask(client, action) {
  const [{ ticket }, { loggedInUser }] = await Promise.all([client.data.get("ticket"), client.data.get("loggedInUser")]);
  const agent = loggedInUser?.contact?.name || loggedInUser?.name || loggedInUser?.contact?.email || "";
  const body = { ticket: String(ticket.id), agent, locale, ...(action && { action }) };
  const answer = await client.request.invokeTemplate("sidebar", { context: {}, body: JSON.stringify(body) });
  return JSON.parse(answer.response);
}

// The reply editor takes HTML: what a customer wrote has to stay text in it.
function asHtml(text) {
  const marks = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
  return text.replace(/[&<>"]/g, (mark) => marks[mark]).replace(/\n/g, "<br>");
}

app.initialized().then((client) => {
  const load = sidecuePanel({
    panel: document.getElementById("panel"),
    server: "@SIDECUE_URL@",
    locale,
    ask: (action) => ask(client, action),
    insert: (text) => client.interface.trigger("click", { id: "reply", text: asHtml(text) }),
    drawn: (height) => client.instance?.resize?.({ height: `${Math.min(Math.max(height + 24, 200), 700)}px` }),
  });
  client.events.on("app.activated", () => load());
});
