// Stands in for @forge/bridge 7.2: the context of the panel, and the call of a function that runs on Atlassian's servers.
// Here that is another frame; what it is told besides the payload comes from the host, as Atlassian promises.

export const view = { getContext: async () => window.context };

export async function invoke(functionKey, payload) {
  const sent = JSON.parse(JSON.stringify(payload));
  return document.getElementById("function").contentWindow.run(functionKey, sent, window.context);
}
