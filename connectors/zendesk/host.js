// Speaks to Zendesk through its app framework, which the page has loaded: the ticket, the agent, the composer.

export async function connect() {
  const zaf = window.ZAFClient && window.ZAFClient.init();
  if (!zaf) throw new Error("the page is not inside Zendesk");
  zaf.invoke("resize", { width: "100%", height: "640px" });
  const told = await zaf.get(["ticket.id", "currentUser"]);
  return {
    ticket: String(told["ticket.id"]),
    agent: told.currentUser && told.currentUser.name,
    insert: (text) => zaf.invoke("ticket.editor.insert", text),
  };
}
