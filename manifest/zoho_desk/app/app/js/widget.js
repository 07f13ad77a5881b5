// Asks Sidecue about the ticket on the screen. Zoho's servers pass the request on, to the one address that the manifest
// names; they hand the answer back wrapped, as a text or as an object.

function viewOf(answer) {
  const told = typeof answer === "string" ? JSON.parse(answer) : answer;
  if (told?.cards) return told;
  const inner = told?.response ?? told?.data ?? told?.statusMessage;
  if (inner === undefined) throw new Error("there is no view in the answer");
  return viewOf(inner);
}

async function sidebarKey() {
  const config = (await ZOHODESK.get("extension.config"))["extension.config"];
  return config.find(({ name }) => name === "sidebarkey").value;
}

async function ask(locale, action) {
  const [key, ticket, user] = await Promise.all([sidebarKey(), ZOHODESK.get("ticket.id"), ZOHODESK.get("user.fullName")]);
  const answer = await ZOHODESK.request({
    url: "@SIDECUE_URL@/sidebar/zoho_desk/@TENANT@",
    type: "POST",
    headers: { "Content-Type": "application/json", "X-Sidecue-Secret": key },
    postBody: { ticket: String(ticket["ticket.id"]), agent: user["user.fullName"] || "", locale, ...(action && { action }) },
    data: {},
  });
  return viewOf(answer);
}

ZOHODESK.extension.onload().then((App) => {
  const locale = String(App.locale).toLowerCase().startsWith("pt") ? "pt-BR" : "en";
  const panel = document.getElementById("panel");
  panel.setAttribute("aria-label", App.localeResources?.label || "Sidecue");
  const load = sidecuePanel({ panel, server: "@SIDECUE_URL@", locale, ask: (action) => ask(locale, action) });
  App.instance.on("ticket_Shift", () => {
    panel.replaceChildren();
    load();
  });
  load();
});
