// Makes a vendor's component of an HTML element. A property that the vendor does not document is an error, as a wrong
// name would go unseen there.

export function host(tag, known, apply = () => {}) {
  return {
    draw(props, children) {
      for (const name of Object.keys(props)) {
        if (!known.includes(name)) throw new Error(`<${tag}> takes no ${name}`);
      }
      const made = document.createElement(tag);
      made.append(...children);
      apply(made, props);
      return made;
    },
  };
}

export function pressed(disabled, first) {
  return (made, props) => {
    made.type = "button";
    made.disabled = Boolean(props[disabled]);
    if (first(props)) made.className = "first";
    made.addEventListener("click", () => props.onClick());
  };
}

export function folded(made, { title }) {
  const summary = document.createElement("summary");
  summary.textContent = title;
  made.prepend(summary);
}

export function labelled(made, { title, label }) {
  made.prepend(title || label || "");
}
