// Speaks to Front as its plugin SDK does: a handshake to the window above hands over one end of a channel, and the
// conversation on the screen, the teammate and the composer come through it. Nobody but that window has the other end,
// and the page's policy lets only Front's own addresses be that window: origins with a wildcard cannot be compared here.

const HANDSHAKE = "@frontapp/ui-sdk#WebViewBridge.handshake";

function bridge() {
  const { port1: port, port2: theirs } = new MessageChannel();
  const waiting = new Map();
  const front = { context: null, moved: () => {} };
  let calls = 0;
  front.call = (name, ...args) => new Promise((done, fail) => {
    calls += 1;
    const id = `sidecue-${calls}`;
    waiting.set(id, { done, fail });
    port.postMessage({ type: "function_call", id, contextId: front.context.id, name, args });
  });
  port.addEventListener("message", ({ data }) => {
    if (data?.type === "context_update") {
      front.context = data.context;
      front.moved();
      return;
    }
    const call = waiting.get(data?.id);
    if (!call) return;
    waiting.delete(data.id);
    if (data.type === "function_result") call.done(data.value); else call.fail(new Error(String(data.error)));
  });
  port.start();
  window.parent.postMessage(HANDSHAKE, "*", [theirs]);
  return front;
}

function shown(context) {
  const id = context.type === "singleConversation" && context.conversation?.id;
  return id ? { ticket: String(id), agent: context.teammate?.name || "" } : null;
}

// Into the draft that is open; else into a new reply to the newest message.
async function insert(front, text) {
  const content = { body: text, type: "text" };
  const draft = front.context.conversation?.draftId;
  if (draft) return front.call("updateDraft", draft, { updateMode: "insert", content });
  const { results } = await front.call("listMessages");
  const newest = [...results].sort((one, other) => new Date(other.date) - new Date(one.date))[0];
  const replyOptions = newest && { type: "replyAll", originalMessageId: newest.id };
  return front.call("createDraft", replyOptions ? { content, replyOptions } : { content });
}

export async function connect({ watch }) {
  if (window.parent === window) throw new Error("the page is not inside Front");
  const front = bridge();
  let seen = null;
  let first = true;
  return new Promise((resolve, refuse) => {
    front.moved = () => {
      const told = shown(front.context);
      const begins = first;
      first = false;
      if (!told) return begins ? refuse(new Error("no conversation is selected")) : undefined;
      if (told.ticket === seen) return undefined;
      seen = told.ticket;
      return begins ? resolve({ ...told, insert: (text) => insert(front, text) }) : watch(told);
    };
  });
}
