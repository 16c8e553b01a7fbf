/** Each wrong value by schedules of a few faults: of which kinds its smallest witnesses are. */
const necessityView = (found) => {
  const rows = found.mechanisms;
  const kinds = Object.keys(rows[0]?.kinds ?? {}).filter((kind) => rows.some((row) => row.kinds[kind]));
  const most = (row) => Math.max(1, ...kinds.map((kind) => row.kinds[kind]));
  const words = { witnessed: "witnessed", unwitnessed: "no witness", incomplete: "not finished", "not-searched": "not searched" };
  const columns = [{ name: "result", word: true }, { name: "faults" }, { name: "smallest" }, ...kindColumns(kinds)];
  const open = found.unwitnessed + found.incomplete;
  const all = rows.map((row, at) => ({
    id: `value-${at}`, name: row.mechanism, isCode: true, bad: row.standing === "unwitnessed",
    cells: [plainCell(words[row.standing], { word: true }), row.faults === null ? null : plainCell(number(row.faults)),
      row.smallest === null ? null : plainCell(number(row.smallest)),
      ...kinds.map((kind) => countCell(row.kinds[kind], most(row), { say: `${number(row.kinds[kind])} of the ${counted(row.smallest ?? 0, "smallest set")} of faults that break it ${row.kinds[kind] === 1 ? "has" : "have"} one of this kind` }))],
    detail: () => [
      row.lacks && h("p", {}, `It was not searched: ${row.lacks}.`),
      row.standing === "unwitnessed" && h("p", {}, "Nothing breaks it with these settings. Another setting may hide it."),
      row.witness && [h("p", {}, `${row.classes.join(", ")}: ${row.witness.faults.length ? "of the smallest sets that break it, the plainest" : "it is wrong without any fault"}`), sentences(row.witness.faults)],
      row.replay && command(row.replay),
      row.runs !== null && h("p.soft", {}, `${counted(row.runs, "run")}.`),
    ],
  }));
  const full = found.full_design;
  return {
    where: [found.scenario, found.path],
    headline: full.violated > 0 ? "The design of the file is itself broken."
      : open ? `${number(open)} of ${counted(rows.length, "wrong value")} ${open === 1 ? "has" : "have"} no witness.`
        : `Each of ${counted(found.witnessed, "wrong value")} breaks; the design of the file does not.`,
    deck: `${full.certificate ? `Of the design of the file: ${full.certificate}.` : "The search of the design of the file is not finished."} ${
      found.faults_left_out ? `${counted(found.faults_left_out, "fault")} of the file ${found.faults_left_out === 1 ? "is" : "are"} left out. ` : ""}${counted(found.runs, "run")} in all${
      found.not_searched ? `; ${counted(found.not_searched, "value")} not searched` : ""}.`,
    warnings: [],
    parts: [
      part("Wrong values, by the kinds of faults that break them",
        "How many of the smallest sets of faults have one of each kind. All schedules were run, so there is no interval. Choose a row for its plainest witness.",
        heat({ label: "wrong values by kind of fault", head: "wrong value", columns, groups: [{ rows: all }], unit: ["sets", "", ""] })),
      part("What never happened", null, neverLine("Kinds that found no place in any schedule", full.never_placed),
        neverLine("Kinds of which no smallest witness has one", Object.keys(rows[0]?.kinds ?? {}).filter((kind) => !kinds.includes(kind)))),
      part("Cost", "The design of the file, by the number of faults of a schedule.", plain("runs", ["faults", "runs", "violated", "inconclusive"],
        full.levels.map((level) => ({ name: number(level.faults), cells: [number(level.runs), number(level.violated), number(level.inconclusive)] })))),
    ],
  };
};

/** Each value under many seeds. */
const matrixView = (found) => {
  const tried = [...found.wrong, ...found.right];
  const own = { ...found.full_design, words: "the design of the file" };
  const kinds = allKeys([own, ...tried].map((one) => one.found?.runs_with));
  const columns = [{ name: "result", word: true }, { name: "go wrong" }, { name: "first after" }, ...kindColumns(kinds)];
  const missed = found.wrong.filter((one) => one.standing === "not-found").length;
  const broken = [own, ...found.right].filter((one) => one.standing === "violated").length;
  const words = { found: "found", "not-found": "not found", holds: "holds", violated: "violated", incomplete: "not finished", "not-run": "not run" };
  const row = (one, id) => {
    const of = one.found;
    return {
      id, name: one.words, isCode: one !== own, bad: ["not-found", "violated"].includes(one.standing),
      cells: [plainCell(words[one.standing], { word: true }),
        of && shareCell({ runs: of.runs, violated: of.violated, ...of.shares.violated }, { wrong: one.standing === "violated", wide: true }),
        of?.seeds_until_found ? plainCell(counted(of.seeds_until_found, "seed")) : null,
        ...kindCells(kinds, of?.runs_with, one.standing === "violated")],
      detail: () => [
        one.lacks && h("p", {}, `It was not run: ${one.lacks}.`),
        of && h("p", {}, `${number(of.violated)} of ${counted(of.runs, "run")} ${of.violated === 1 ? "goes" : "go"} wrong${of.violated ? `: ${classList(of.classes)}` : ""}${
          of.inconclusive ? `; ${number(of.inconclusive)} inconclusive` : ""}.${of.stopped_early ? " Then it was run no more: that was enough." : ""}`),
        one.replay && command(one.replay),
      ],
    };
  };
  const full = own.found;
  return {
    where: [found.scenario, found.path],
    headline: broken ? `${counted(broken, "right design")} ${broken === 1 ? "goes" : "go"} wrong.`
      : missed ? `${number(missed)} of ${counted(found.wrong.length, "wrong value")} ${missed === 1 ? "was" : "were"} not found.`
        : "Each wrong value is found, and each right one holds.",
    deck: `Seeds ${found.seeds} draw ${listed(own.seeds_draw) || "nothing"}; ${counted(found.runs, "run")} in all.${own.rate_below ? ` Of the design of the file less than ${own.rate_below} of all seeds go wrong, with a confidence of 95 %.` : ""}`,
    warnings: found.deterministic ? [] : ["Some run was not the same when it was run again."],
    parts: [
      part("Values, by kind of fault", `${SHARES} A wrong value is run no more once enough seeds have broken it. Choose a row for its runs.`,
        heat({ label: "values by kind of fault", head: "value", columns, unit: ["go wrong", "of runs", "95 %"],
          groups: [{ rows: [row(own, "own")] }, { title: "Wrong values: each must be found", rows: found.wrong.map((one, at) => row(one, `wrong-${at}`)) },
            { title: "Right values: each must hold", rows: found.right.map((one, at) => row(one, `right-${at}`)) }] })),
      part("What fired, and what never did", "Under the design of the file.",
        plain("faults", ["kind", "times", "runs with it"], Object.entries(full.faults).map(([kind, times]) => ({ name: h("code", {}, kind), cells: [number(times), figure(full.runs_with[kind]?.runs)] }))),
        neverLine("Kinds with odds that never fired", full.never_fired)),
    ],
  };
};
