// Stands in for what Forge's functions import: @forge/resolver 2.0 and @forge/api 8.3. Requests go to the address at which
// the test plays Forge's outbound proxy and Jira.

export default class Resolver {
  #functions = {};

  define(functionKey, call) {
    this.#functions[functionKey] = call;
    return this;
  }

  getDefinitions() {
    return async ({ call: { functionKey, payload }, context }) => {
      if (!(functionKey in this.#functions)) throw new Error(`Resolver has no definition for '${functionKey}'.`);
      const result = await this.#functions[functionKey]({ payload: payload || {}, context });
      return JSON.parse(JSON.stringify(result));
    };
  }
}

export function route(parts, ...values) {
  return { value: parts.map((part, row) => part + (row < values.length ? encodeURIComponent(values[row]) : "")).join("") };
}

export function asUser() {
  return { requestJira: ({ value }) => window.fetch(`/jira${value}`) };
}

export function fetch(url, { method, headers, body }) {
  return window.fetch(`/passed-on?${new URLSearchParams({ url })}`, { method, headers, body });
}
