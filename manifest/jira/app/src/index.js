// Asks Sidecue about the request beside which the panel stands. This part runs on Atlassian's servers: which issue it is
// and who asks is theirs to say, not the browser's, and the tenant's key never leaves it.

import { asUser, fetch, route } from "@forge/api";
import Resolver from "@forge/resolver";

const resolver = new Resolver();

async function agentName() {
  const answer = await asUser().requestJira(route`/rest/api/3/myself`);
  return answer.ok ? (await answer.json()).displayName : "";
}

resolver.define("panel", async ({ payload, context }) => {
  const { locale, action } = payload;
  const body = { ticket: String(context.extension.issue.id), agent: await agentName(), locale, ...(action && { action }) };
  const answer = await fetch("@SIDECUE_URL@/sidebar/jira/@TENANT@", {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-Sidecue-Secret": process.env.SIDECUE_KEY },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`Sidecue answered ${answer.status}`);
  return answer.json();
});

export const handler = resolver.getDefinitions();
