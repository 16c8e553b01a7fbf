/** An element: its name with classes, its properties, and what stands in it. Texts stay texts. */
const h = (name, properties = {}, ...inside) => {
  const [tag, ...classes] = name.split(".");
  const element = document.createElement(tag);
  if (classes.length) element.className = classes.join(" ");
  for (const [key, value] of Object.entries(properties)) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...inside.flat(Infinity).filter((part) => part !== null && part !== undefined && part !== false));
  return element;
};

/** The same for a drawing. */
const drawn = (tag, properties, ...inside) => {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [key, value] of Object.entries(properties)) element.setAttribute(key, value);
  element.append(...inside);
  return element;
};

const grouped = new Intl.NumberFormat("en", { maximumFractionDigits: 3 });
/** A number with commas. */
const number = (value) => grouped.format(value);
/** So many of something. */
const counted = (count, one, many = `${one}s`) => `${number(count)} ${count === 1 ? one : many}`;
/** A share as a percentage, with as many digits as it takes to be no 0 and no 100 that it is not. */
const percent = (share) => {
  const of = share * 100;
  const digits = of === 0 || of >= 100 ? 0 : of < 1 || of > 99 ? 2 : of < 10 || of > 90 ? 1 : 0;
  return `${of.toFixed(digits)} %`;
};
/** The same in little room, without the sign. */
const briefPercent = (share) => (share > 0 && share < 0.01 ? "<1" : share > 0.99 && share < 1 ? ">99" : (share * 100).toFixed(0));
/** A measured number with as many decimals as it is worth. */
const brief = (value) => number(Number(value.toFixed(value >= 1000 ? 0 : value >= 10 ? 1 : 3)));
/** Names as part of a sentence. */
const listed = (all) => (all.length < 2 ? all.join("") : `${all.slice(0, -1).join(", ")} and ${all.at(-1)}`);
/** The two limits of an interval. */
const limits = (interval) => `${percent(interval[0]).replace(" %", "")}–${percent(interval[1])}`;

/** A command that can be copied. Where that is not allowed it is selected. */
const command = (text) => {
  const code = h("code", {}, text);
  const copy = async () => {
    getSelection().selectAllChildren(code);
    try {
      await navigator.clipboard.writeText(text);
      button.textContent = "copied";
    } catch {
      button.textContent = "selected";
    }
  };
  const button = h("button.tool", { type: "button", onclick: copy, "aria-label": `Copy: ${text}` }, "copy");
  return h("div.command", {}, code, button);
};
