// Stands in for @forge/react 12.3: the components that the panel uses, with the properties of Atlassian's types.

import { render } from "react";
import { host, labelled, pressed } from "./elements.js";

export const Button = host("button", ["appearance", "autoFocus", "isDisabled", "isSelected", "onClick", "spacing", "iconBefore", "iconAfter", "shouldFitContainer", "type"], pressed("isDisabled", ({ appearance }) => appearance === "primary"));
export const Heading = host("h1", ["size", "color", "as", "id"]);
export const Inline = host("div", ["alignBlock", "alignInline", "spread", "grow", "space", "shouldWrap", "separator", "rowSpace"], (made) => { made.className = "row"; });
export const Link = host("a", ["href", "openNewTab"], (made, { href, openNewTab }) => Object.assign(made, { href }, openNewTab && { target: "_blank", rel: "noopener noreferrer" }));
export const ListItem = host("li", []);
export const SectionMessage = host("div", ["appearance", "title", "actions"], (made) => made.setAttribute("role", "alert"));
export const Spinner = host("p", ["appearance", "delay", "label", "size"], labelled);
export const Stack = host("div", ["alignBlock", "alignInline", "grow", "space", "spread"], (made) => { made.className = "column"; });
export const Text = host("p", ["align", "as", "color", "maxLines", "size", "weight"], (made, { weight, size }) => {
  if (weight === "bold") made.style.fontWeight = "bold";
  if (size === "small") made.className = "quiet";
});
export const List = {
  draw: (props, children) => host(props.type === "ordered" ? "ol" : "ul", ["type"]).draw(props, children),
};

export default { render: (element) => render(element, document.getElementById("panel")) };
