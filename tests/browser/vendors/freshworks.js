// Stands in for Freshworks' app client on platform 3.0: the ticket, the agent, the reply editor, which a click opens with
// a text in it, and request templates, which the test carries out as Freshworks' servers do.

const data = { ticket: { ticket: { id: window.ticket } }, loggedInUser: { loggedInUser: { contact: { name: "Bruna Reis" } } } };

window.app = { initialized: async () => ({
  data: { get: async (name) => data[name] },
  events: { on: (name, then) => name === "app.activated" && then() },
  interface: { trigger: async (name, { id, text }) => {
    if (name !== "click" || id !== "reply" || window.closed_editor) throw new Error("no such element");
    window.replied = text;
  } },
  instance: { resize: ({ height }) => { window.height = height; } },
  request: { invokeTemplate: async (name, { body }) => {
    const answer = await fetch(`/passed-on/${name}`, { method: "POST", body });
    if (!answer.ok) throw { status: answer.status };
    return { response: await answer.text() };
  } },
}) };
