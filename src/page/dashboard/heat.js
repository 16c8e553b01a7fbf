/** The shares that a mark and its line show: where the share is, and between which limits it lies. */
const whisker = (share, interval) => {
  const x = (of) => (of * 100).toFixed(2);
  const line = (from, to, y, kind) => drawn("line", { x1: x(from), x2: x(to), y1: y[0], y2: y[1], class: kind });
  return drawn("svg", { viewBox: "0 0 100 7", preserveAspectRatio: "none", "aria-hidden": "true" },
    line(0, 1, [3.5, 3.5], "scale"), line(interval[0], interval[1], [3.5, 3.5], ""), line(share, share, [0, 7], ""));
};

/** A cell with a share of runs: of so many runs so many, with the limits of 95 %. */
const shareCell = ({ runs, violated, share, interval }, { wrong = false, wide = false } = {}) => ({
  text: wide ? percent(share) : briefPercent(share),
  small: wide && interval ? limits(interval) : null,
  share, interval, wrong, weight: share,
  numbers: [number(violated), number(runs), interval ? limits(interval) : ""],
  say: `${number(violated)} of ${counted(runs, "run")}, ${percent(share)}${interval ? ` (95 %: ${limits(interval)})` : ""}`,
});

/** A cell with a count; its weight is that of the greatest in its row or column. */
const countCell = (count, most, { wrong = false, say = null } = {}) => (count
  ? { text: number(count), weight: most ? count / most : 0, wrong, numbers: [number(count), "", ""], say }
  : null);

/** A cell without a colour. */
const plainCell = (text, { word = false, small = null, bad = false } = {}) => ({ text, word, small, bad, numbers: [text, "", ""] });

const heatCell = (cell, column, open) => {
  if (!cell) return h("td.none", { "data-column": column.name });
  const inside = [h(cell.bad ? "span.bad" : "span", {}, cell.text), cell.small && h("small", {}, cell.small)];
  if (cell.interval) inside.push(whisker(cell.share, cell.interval));
  const kinds = [cell.weight === undefined ? null : "count", cell.wrong ? "wrong" : null, cell.word ? "word" : null, column.turned && cell.interval ? "more" : null];
  const body = cell.say
    ? h("button", { type: "button", tabindex: "-1", onclick: () => open(column, cell), title: `${column.name}: ${cell.say}` }, inside)
    : h("span", {}, inside);
  const element = h(["td", ...kinds.filter(Boolean)].join("."), { "data-column": column.name }, body);
  if (cell.weight !== undefined) element.style.setProperty("--weight", cell.weight.toFixed(3));
  return element;
};

/** A row and what stands below it once it is opened, which is made then. */
const heatRow = (row, columns) => {
  const detail = h("tr.detail", { hidden: true }, h("td", { colspan: columns.length + 2 }));
  const open = (isOpen, chosen = null) => {
    detail.hidden = !isOpen;
    line.classList.toggle("open", isOpen);
    name.setAttribute("aria-expanded", isOpen);
    if (!isOpen) return;
    const said = chosen && h("p", {}, h("b", {}, chosen.column.name), `: ${chosen.cell.say}.`);
    detail.firstChild.replaceChildren(h("div.detail-inside", { role: "status" }, said, row.detail()));
  };
  const toggle = () => {
    open(detail.hidden);
    history.replaceState(null, "", detail.hidden ? "#" : `#${name.id}`);
  };
  const name = h("button.name", { type: "button", id: row.id, "aria-expanded": "false", onclick: toggle },
    h(row.bad ? "span.bad" : "span", {}, row.isCode ? h(row.name.length <= 22 ? "code.short" : "code", {}, row.name) : row.name));
  name.addEventListener("open", () => open(true));
  name.addEventListener("close", () => open(false));
  const cells = row.cells.map((cell, at) => heatCell(cell, columns[at], (column, chosen) => open(true, { column, cell: chosen })));
  const line = h("tr", {}, h("th", { scope: "row" }, name), cells, h("td.rest"));
  return [line, detail];
};

/** A table whose cells are coloured by how much they hold, and the same as a list of numbers. */
const heat = ({ label, head, columns, groups, unit = ["value", "of", "95 %"] }) => {
  const top = columns.map((column) => h(column.turned ? "th.turned" : column.word ? "th.word" : "th", { scope: "col" }, h("span", {}, column.name)));
  const bodies = groups.filter((group) => group.rows.length).map(({ title, rows }) => h("tbody", {},
    title && h("tr.group", {}, h("th", { colspan: columns.length + 2, scope: "rowgroup" }, title)),
    rows.map((row) => heatRow(row, columns))));
  const table = h("table.heat", { "aria-label": label },
    h("thead", {}, h("tr", {}, h("th", { scope: "col" }, head), top, h("td.rest"))), bodies);
  const lines = () => groups.flatMap(({ rows }) => rows.flatMap((row) => row.cells.map((cell, at) => cell
    && h("tr", {}, h("th", { scope: "row" }, row.name), h("td", { "data-column": "" }, columns[at].name),
      cell.numbers.map((text, of) => h("td.n", { "data-column": unit[of] }, text))))));
  const twin = h("details.twin", {}, h("summary", {}, "The same as a list of numbers"));
  twin.addEventListener("toggle", () => {
    if (twin.children.length > 1) return;
    twin.append(h("table.plain", {}, h("thead", {}, h("tr", {}, h("th", {}, head), h("th", {}, "column"),
      unit.map((text) => h("th.n", {}, text)))), h("tbody", {}, lines())));
  });
  return [table, twin];
};

/** A plain table: heads, and rows of texts, the first of each its name. A row may have a length from 0 to 1. */
const plain = (label, heads, rows) => h("table.plain", { "aria-label": label },
  h("thead", {}, h("tr", {}, heads.map((head, at) => h(at ? "th.n" : "th", { scope: "col" }, head)),
    rows.some((row) => row.length !== undefined) && h("td"))),
  h("tbody", {}, rows.map(({ name, cells, length }) => h("tr", {}, h("th", { scope: "row" }, name),
    cells.map((text, at) => h("td.n", { "data-column": heads[at + 1] }, text)),
    length !== undefined && h("td.length", { "aria-hidden": "true" }, bar(length))))));

const bar = (length) => {
  const element = h("i");
  element.style.width = `${(Math.max(0, Math.min(1, length)) * 100).toFixed(2)}%`;
  return element;
};

/** Commands to show something again: the first ones, and the others behind a click. */
const commands = (all) => [all.slice(0, 3).map(command), all.length > 3
  && h("details", {}, h("summary", {}, `${number(all.length - 3)} more`), all.slice(3).map(command))];

/** Faults in words, numbered. */
const sentences = (faults) => h("ol.sentences", {}, faults.map((fault, at) => h("li", {}, h("span.num", {}, String(at + 1)), h("span", {}, fault))));

/** A part of the page; without anything in it there is none. */
const part = (title, about, ...inside) => {
  const all = inside.flat(Infinity).filter(Boolean);
  return all.length ? h("section", { "aria-label": title }, h("h2", {}, title), about && h("p.about", {}, about), all) : null;
};

/** Names with commas, as code. */
const names = (all) => all.flatMap((name, at) => [at ? ", " : "", h("code", {}, name)]);

/** Keys of objects in the order in which they are met. */
const allKeys = (objects) => [...new Set(objects.flatMap((object) => Object.keys(object ?? {})))];

/** The kinds of faults as columns: of each row the share of the runs with it that go wrong. */
const kindColumns = (kinds) => kinds.map((name) => ({ name, turned: true }));
const kindCells = (kinds, runsWith, wrong) => kinds.map((kind) => runsWith?.[kind] && shareCell(runsWith[kind], { wrong }));

const SHARES = "Of the runs in which a kind of fault fired, the percentage that goes wrong: a mark, and a line for the interval "
  + "of 95 % (Wilson). Other kinds may have fired in the same runs.";

/** Classes in words, with how many runs. */
const classList = (classes) => Object.entries(classes).map(([name, count]) => `${name} ${number(count)}`).join(", ");

const figure = (of) => (of === null || of === undefined ? "" : number(of));
