// Stands in for @hubspot/ui-extensions 0.17: the components that a card uses, with the properties of the vendor's types,
// and the two calls of `hubspot`. Requests go to the address at which the test plays HubSpot's servers.

import { render } from "react";
import { folded, host, labelled, pressed } from "./elements.js";

export const Accordion = host("details", ["title", "defaultOpen", "disabled", "open", "size", "onClick"], folded);
export const Alert = host("p", ["title", "variant"], (made, props) => { made.setAttribute("role", "alert"); labelled(made, props); });
export const Button = host("button", ["onClick", "disabled", "variant", "size", "type", "href", "truncate"], pressed("disabled", ({ variant }) => variant === "primary"));
export const Divider = host("hr", ["distance", "size"]);
export const Flex = host("div", ["direction", "justify", "align", "alignSelf", "wrap", "gap"], (made, { direction }) => { made.className = direction === "column" ? "column" : "row"; });
export const Heading = host("h1", ["inline"]);
export const Link = host("a", ["href", "onClick", "preventDefault", "variant", "truncate"], (made, { href }) => {
  made.href = typeof href === "string" ? href : href.url;
  if (href.external) Object.assign(made, { target: "_blank", rel: "noopener noreferrer" });
});
export const LoadingSpinner = host("p", ["label", "showLabel", "size", "layout"], labelled);
export const Text = host("p", ["format", "inline", "truncate", "variant"], (made, { format, variant }) => {
  if (format?.fontWeight === "bold") made.style.fontWeight = "bold";
  if (variant === "microcopy") made.className = "quiet";
});
export const List = {
  draw(props, children) {
    const ordered = String(props.variant).startsWith("ordered");
    const made = document.createElement(ordered ? "ol" : "ul");
    for (const child of children) made.appendChild(document.createElement("li")).append(child);
    return made;
  },
};

export const hubspot = {
  extend: (card) => render(card({ context: window.context }), document.getElementById("card")),
  fetch: (url, { method, body }) => fetch(`/passed-on?${new URLSearchParams({ url })}`, { method, body: JSON.stringify(body) }),
};
