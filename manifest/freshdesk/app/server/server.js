// Tells Sidecue what happened on a ticket. The event's own parameters hold the app's secrets, and its actor a person's
// record: neither is sent on.

async function relay(payload, data) {
  const { event, timestamp, domain, account_id, region } = payload;
  try {
    await $request.invokeTemplate("relay", {
      context: {},
      body: JSON.stringify({ event, timestamp, domain, account_id, region, data }),
    });
  } catch (error) {
    console.error(`Sidecue did not take ${event}: status ${error && error.status}`);
  }
}

exports = {
  relayTicket: async function (payload) {
    await relay(payload, { ticket: payload.data.ticket, requester: payload.data.requester });
  },
  relayConversation: async function (payload) {
    await relay(payload, { conversation: payload.data.conversation });
  },
};
