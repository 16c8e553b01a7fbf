/** Keys with several values: a curve for each figure. */
const tuneView = (found) => {
  const all = found.variations;
  const [across, ...others] = [...found.varied].reverse();
  // One line for each combination of the other keys; the last key runs along the axis.
  const name = (one) => one.values.slice(0, -1).map((value, at) => `${found.varied[at].key} = ${value}`).join(", ");
  const lines = [...new Set(all.map(name))].map((name_of) => ({ name: name_of, of: all.filter((one) => name(one) === name_of) }));
  const wrong = all.filter((one) => one.violated > 0);
  const words = (one) => one.values.join(", ");
  const row = (one, at) => ({
    id: `variation-${at + 1}`, name: words(one), isCode: true, bad: one.violated > 0,
    cells: [shareCell({ runs: one.runs, violated: one.violated, ...one.shares.violated }, { wrong: true, wide: true })],
    detail: () => [
      h("p", {}, `${number(one.violated)} of ${counted(one.runs, "run")} ${one.violated === 1 ? "goes" : "go"} wrong${one.violated ? `: ${classList(one.classes)}` : ""}${one.interrupted ? "; it was interrupted" : ""}.`),
      one.replay && [h("p.soft", {}, "The first seed that goes wrong, again:"), command(one.replay)],
    ],
  });
  const figures = [
    ["Runs that go wrong", "their share, with the interval of 95 %", (one) => one.shares.violated.share, (one) => one.shares.violated.interval, percent],
    ["Records duplicated", "of a run, in the mean", (one) => one.duplicated.mean, null, brief],
    ["Records lost", "of a run, in the mean", (one) => one.lost.mean, null, brief],
    ["Records that came too late", "to be counted in some step, of a run, in the mean", (one) => one.late.mean, null, brief],
    ["Ids held", "at a time, the most in any run", (one) => one.most.ids_held_max, null, number],
    ["Durable reads", "for one record", (one) => one.per_record.reads, null, brief],
    ["Messages", "for one record", (one) => one.per_record.messages, null, brief],
    ["First seen", "from the arrival of a record until it is in a result, in milliseconds: 99 of 100 at most", (one) => one.first_seen_ms?.p99, null, brief],
    ["Final", "from its arrival until the last change of a result that it is in, in milliseconds: 99 of 100 at most", (one) => one.final_ms?.p99, null, brief],
  ];
  return {
    where: [found.scenario, found.path],
    headline: found.enough ?? (wrong.length ? `${number(wrong.length)} of ${counted(all.length, "variation")} ${wrong.length === 1 ? "goes" : "go"} wrong.` : "Nothing goes wrong under any value."),
    deck: `Seeds ${found.seeds}, the same for each value. ${found.varied.map((of) => `${of.key} is ${listed(of.values)}`).join("; ")}. Latencies are taken at ${listed(found.ends)}.`,
    warnings: found.deterministic ? [] : ["Some run was not the same when it was run again."],
    parts: [
      part("Values", "Choose a row for its first failing run.",
        heat({ label: "values", head: found.varied.map((of) => of.key).join(", "), columns: [{ name: "go wrong" }], groups: [{ rows: all.map(row) }], unit: ["go wrong", "of runs", "95 %"] })),
      figures.map(([title, about, of, limits, text]) => part(title, `${about}.`, curve({ title, across: across.key, lines, of, limits, text }))),
    ],
  };
};

/** Lines over the values of a key, which stand at equal distances, and the same as a table. */
const curve = ({ title, across, lines, of, limits, text }) => {
  const values = lines[0].of.map((one) => one.values.at(-1));
  const known = lines.flatMap((line) => line.of.flatMap((one) => [of(one), ...(limits?.(one) ?? [])])).filter((value) => value !== undefined && value !== null);
  const most = Math.max(0, ...known);
  if (!most) return null;
  const [wide, high] = [600, 160];
  const x = (at) => (values.length === 1 ? wide / 2 : (at * wide) / (values.length - 1));
  const y = (value) => high - (value / most) * high;
  const line = (one, index) => {
    const points = one.of.map((each, at) => [each, at]).filter(([each]) => of(each) !== undefined && of(each) !== null);
    return drawn("g", { class: `line line-${index % 4}` },
      ...(limits ? points.filter(([each]) => limits(each)).map(([each, at]) => drawn("line", { class: "limits", x1: x(at), x2: x(at), y1: y(limits(each)[0]), y2: y(limits(each)[1]) })) : []),
      drawn("polyline", { points: points.map(([each, at]) => `${x(at).toFixed(1)},${y(of(each)).toFixed(1)}`).join(" ") }),
      ...points.map(([each, at]) => drawn("circle", { cx: x(at).toFixed(1), cy: y(of(each)).toFixed(1), r: 3 })));
  };
  const picture = drawn("svg", { class: "curve", viewBox: `-8 -8 ${wide + 16} ${high + 16}`, role: "img", "aria-label": `${title} over ${across}` }, ...lines.map(line));
  const sample = (one, index) => [drawn("svg", { class: "sample", viewBox: "0 0 40 8", "aria-hidden": "true" }, drawn("g", { class: `line-${index % 4}` }, drawn("polyline", { points: "0,4 40,4" }))), " ", h("code", {}, one.name), " "];
  return [
    lines.length > 1 && h("p.soft.curve", {}, lines.map(sample)),
    h("figure.curve", {}, h("div.most", {}, text(most)), picture,
      h("div.axis", { "aria-hidden": "true" }, h("code", {}, values[0]), h("code", {}, across), h("code", {}, values.at(-1)))),
    plain(`${title}, in numbers`, [across, ...lines.map((one) => one.name || title)], values.map((value, at) => ({
      name: h("code", {}, value), cells: lines.map((one) => { const found = of(one.of[at]); return found === undefined || found === null ? "" : text(found); }) }))),
  ];
};
