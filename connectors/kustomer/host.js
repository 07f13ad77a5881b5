// Speaks to Kustomer through its Cards SDK, which the page has loaded: it tells what the agent looks at, and when that
// is something else. While only a customer is open there is no conversation to show anything about.

function read(context) {
  const id = context && context.conversation && context.conversation.id;
  return id ? { ticket: String(id), agent: "" } : null;
}

export async function connect({ watch }) {
  const kustomer = window.Kustomer;
  if (!kustomer || window.parent === window) throw new Error("the page is not inside Kustomer");
  return new Promise((resolve) => {
    let seen = null;
    const look = (context) => {
      const told = read(context);
      if (!told || told.ticket === seen) return;
      const first = seen === null;
      seen = told.ticket;
      if (first) resolve(told); else watch(told);
    };
    kustomer.initialize(look);
    kustomer.on("context", look);
  });
}
