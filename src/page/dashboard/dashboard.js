/** The view of each document, by its schema. */
const VIEWS = {
  "onceproof.sweep/1": sweepView,
  "onceproof.sweeps/1": sweepsView,
  "onceproof.necessity/1": necessityView,
  "onceproof.necessity-seeds/1": matrixView,
  "onceproof.compare/1": compareView,
  "onceproof.tune/1": tuneView,
};

const KEYS = [["↑ ↓", "the row above, below"], ["Enter", "what stands behind a row"], ["x", "the next row with a cross"], ["Esc", "all rows closed"], ["?", "this list"]];

const found = JSON.parse(document.getElementById("data").textContent);
const view = VIEWS[found.schema](found);
const help = h("dialog", { "aria-labelledby": "keys" }, h("h2", { id: "keys" }, "Keyboard"),
  h("dl", {}, KEYS.map(([key, does]) => [h("dt", {}, key.split(" ").map((one) => h("kbd", {}, one))), h("dd", {}, does)])),
  h("form", { method: "dialog" }, h("button.tool", { autofocus: true }, "Close")));

document.getElementById("page").replaceWith(
  h("header.page", {},
    h("p.where", {}, view.where.map((text, at) => h(at ? "code" : "span", {}, text))),
    h("h1", {}, view.headline),
    view.warnings.map((warning) => h("p.deck", {}, h("span.bad", {}, warning))),
    h("p.deck", {}, view.deck)),
  h("main", {}, view.parts.filter(Boolean)),
  h("footer", {}, h("button.tool", { type: "button", onclick: () => help.showModal() }, "Keyboard (?)"),
    found.timing ? ` ${number(found.timing.seconds)} s` : ""),
  help);

const rows = () => [...document.querySelectorAll("button.name")].filter((row) => row.offsetParent !== null);
/** Goes to the next row, or the one before, of those that are meant. */
const step = (by, isMeant) => {
  const all = rows();
  const at = all.indexOf(document.activeElement);
  const ahead = by > 0 ? all.slice(at + 1) : all.slice(0, Math.max(at, 0)).reverse();
  const next = ahead.find(isMeant);
  next?.focus();
  next?.scrollIntoView({ block: "nearest" });
  return next !== undefined;
};
const openFromAddress = () => {
  const row = location.hash.length > 1 ? document.getElementById(decodeURIComponent(location.hash.slice(1))) : null;
  if (!row?.matches("button.name")) return;
  row.dispatchEvent(new Event("open"));
  row.scrollIntoView({ block: "center" });
};
const ACTIONS = {
  ArrowDown: () => step(1, () => true),
  ArrowUp: () => step(-1, () => true),
  x: () => step(1, (row) => row.querySelector(".bad") !== null),
  Escape: () => rows().forEach((row) => row.dispatchEvent(new Event("close"))) ?? true,
  "?": () => help.showModal() ?? true,
};
addEventListener("keydown", (event) => {
  if (help.open || event.ctrlKey || event.altKey || event.metaKey) return;
  if (ACTIONS[event.key]?.()) event.preventDefault();
});
addEventListener("hashchange", openFromAddress);
openFromAddress();
