// As much of React as a card needs, for tests that run it as it is uploaded: function components, their state, effects
// and callbacks, and keys. Everything is drawn anew each time; the vendors' components say how (`draw`).

const kept = new Map(); // path of a component -> what its hooks keep
let current, redraw, due = false, effects = [];

const flat = (nodes) => nodes.flat(Infinity).filter((node) => node !== null && node !== undefined && node !== false && node !== true);

export function createElement(type, props, ...children) {
  if (!type) throw new Error("an element has no type: is it imported?");
  return { type, key: props?.key, props: { ...props, children: flat(children) } };
}

function hook(first) {
  const at = current.at++;
  current.hooks[at] ??= first();
  return current.hooks[at];
}

const changed = (before, now) => !before || !now || before.length !== now.length || now.some((each, row) => !Object.is(each, before[row]));

export function useState(first) {
  const cell = hook(() => ({ value: first }));
  cell.set ??= (next) => {
    const value = typeof next === "function" ? next(cell.value) : next;
    if (Object.is(value, cell.value)) return;
    cell.value = value;
    if (!due) { due = true; queueMicrotask(() => { due = false; redraw(); }); }
  };
  return [cell.value, cell.set];
}

export function useRef(first) {
  return hook(() => ({ current: first }));
}

export function useMemo(make, needs) {
  const cell = hook(() => ({}));
  if (changed(cell.needs, needs)) Object.assign(cell, { needs, value: make() });
  return cell.value;
}

export function useCallback(call, needs) {
  return useMemo(() => call, needs);
}

export function useEffect(run, needs) {
  const cell = hook(() => ({ effect: true }));
  if (!changed(cell.needs, needs)) return;
  cell.needs = needs;
  effects.push(() => { cell.stop?.(); cell.stop = run(); });
}

function nodesOf(element, path, seen) {
  if (typeof element !== "object") return [document.createTextNode(String(element))];
  const { type, props } = element;
  if (typeof type !== "function") {
    const { children, key, ...rest } = props;
    return [type.draw(rest, many(children, path, seen))];
  }
  seen.add(path);
  if (kept.get(path)?.type !== type) kept.set(path, { type, hooks: [] });
  const before = current;
  current = kept.get(path);
  current.at = 0;
  const made = type(props);
  current = before;
  return many(flat([made]), path, seen);
}

function many(children, path, seen) {
  return children.flatMap((child, row) => nodesOf(child, `${path}/${child.key ?? row}`, seen));
}

export function render(element, container) {
  redraw = () => {
    const seen = new Set();
    container.replaceChildren(...nodesOf(element, "root", seen));
    for (const [path, { hooks }] of kept) {
      if (seen.has(path)) continue;
      for (const each of hooks) if (each.effect) each.stop?.();
      kept.delete(path);
    }
    for (const run of effects.splice(0)) run();
  };
  redraw();
}

export default { createElement };
