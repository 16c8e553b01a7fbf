/** The same input and weather under several strategies. */
const compareView = (found) => {
  const all = found.strategies;
  const kinds = allKeys(all.map((one) => one.faults));
  const classes = allKeys(all.map((one) => one.classes));
  const wrong = all.filter((one) => one.violated > 0);
  const row = (one) => ({
    id: `strategy-${one.strategy}`, name: one.strategy, isCode: true, bad: one.violated > 0,
    cells: [shareCell({ runs: one.runs, violated: one.violated, ...one.shares.violated }, { wrong: true, wide: true }), ...kindCells(kinds, one.runs_with, true)],
    detail: () => [
      h("p", {}, `${number(one.violated)} of ${counted(one.runs, "run")} ${one.violated === 1 ? "goes" : "go"} wrong${one.violated ? `: ${classList(one.classes)}` : ""}${one.interrupted ? "; it was interrupted" : ""}.`),
      one.replay && [h("p.soft", {}, "The first seed that goes wrong, again:"), command(one.replay)],
      one.left_out.length ? [h("p.soft", {}, "What of the file it does not have:"), h("ul", {}, one.left_out.map((left) => h("li", {}, h("code", {}, left.what), `: ${left.why}`)))] : null,
    ],
  });
  const classRow = (one) => ({
    id: `classes-${one.strategy}`, name: one.strategy, isCode: true,
    cells: [...classes.map((name) => one.classes[name] && shareCell({ runs: one.runs, violated: one.classes[name], ...one.shares.classes[name] }, { wrong: true })),
      ...["duplicated", "lost"].flatMap((what) => [one[what].worst ? plainCell(brief(one[what].mean)) : null, one[what].worst ? plainCell(number(one[what].worst)) : null])],
    detail: () => ["duplicated", "lost"].map((what) => h("p", {}, `${what}: ${brief(one[what].mean)} of ${brief(one.records / Math.max(1, one.runs))} records of a run in the mean, ${number(one[what].p99)} in 99 of 100 runs, at most ${number(one[what].worst)}${one[what].worst_seed === null ? "" : ` under seed ${one[what].worst_seed}`}.`)),
  });
  const classColumns = [...classes.map((name) => ({ name })), { name: "duplicated, mean" }, { name: "worst" }, { name: "lost, mean" }, { name: "worst" }];
  const latency = (title, about, key) => {
    const most = Math.max(0, ...all.map((one) => one[key]?.p99 ?? 0));
    return most ? [h("p.about", {}, h("b", {}, title), `: ${about}, in milliseconds.`), plain(title, ["strategy", "p50", "p99", "max", "of"], all.filter((one) => one[key]).map((one) => ({
      name: h("code", {}, one.strategy), cells: [...["p50", "p99", "max"].map((name) => brief(one[key][name])), number(one[key].count)], length: one[key].p99 / most })))] : null;
  };
  return {
    where: [found.scenario, found.path],
    headline: wrong.length ? `${number(wrong.length)} of ${counted(all.length, "strategy", "strategies")} ${wrong.length === 1 ? "goes" : "go"} wrong: ${listed(wrong.map((one) => one.strategy))}.`
      : `Nothing goes wrong under ${listed(all.map((one) => one.strategy))}.`,
    deck: `Seeds ${found.seeds}, the same input and the same weather for each. The file states ${found.own_strategy}. Latencies are taken at ${listed(found.ends)}.`,
    warnings: found.deterministic ? [] : ["Some run was not the same when it was run again."],
    parts: [
      part("Strategies, by kind of fault", `${SHARES} Choose a row for its first failing run.`,
        heat({ label: "strategies by kind of fault", head: "strategy", columns: [{ name: "go wrong" }, ...kindColumns(kinds)], groups: [{ rows: all.map(row) }], unit: ["go wrong", "of runs", "95 %"] })),
      part("What goes wrong", "The share of the runs with each class, and how many records of a run are duplicated and lost.",
        heat({ label: "strategies by class", head: "strategy", columns: classColumns, groups: [{ rows: all.map(classRow) }], unit: ["value", "of runs", "95 %"] })),
      part("Latency", null,
        latency("First seen", "from the arrival of a record until it is in a result that a reader can see", "first_seen_ms"),
        latency("Final", "from its arrival until the last change of a result that it is in", "final_ms"),
        latency("Recovery", "from a crash until the worker's shards do something again", "recovery_ms")),
      part("Cost", "What is done for one record, and of how many parts a strategy is made.",
        plain("cost", ["strategy", "messages", "answers", "writes", "reads", "processes", "stores", "kinds of messages", "settings that break"], all.map((one) => ({
          name: h("code", {}, one.strategy), cells: [one.per_record.messages, one.per_record.answers, one.per_record.commits, one.per_record.reads,
            one.complexity.processes, one.complexity.stores, one.complexity.messages, one.complexity.settings_that_break].map(number) })))),
      compareServed(all),
      part("What fired, and what never did", null,
        plain("faults", ["kind", ...all.map((one) => one.strategy)], kinds.map((kind) => ({ name: h("code", {}, kind), cells: all.map((one) => number(one.faults[kind] ?? 0)) }))),
        all.map((one) => neverLine(`Kinds with odds that never fired under ${one.strategy}`, one.never_fired))),
      part("Strategies that cannot have the pipeline", null, found.cannot.map((one) => h("p", {}, h("code", {}, one.strategy), `: ${one.why}`))),
    ],
  };
};

/** What is served before it is certain, where a strategy does that. */
const compareServed = (all) => {
  const of = all.filter((one) => one.served);
  const shares = (name, pick) => ({ name, cells: of.map((one) => pick(one.served)) });
  const times = (key, name) => shares(name, (served) => (served.windows[key] ? brief(served.windows[key].p50) : ""));
  return part("What is served before it is certain", "In half of the runs, or of the windows, at most this.", of.length ? plain("served", ["figure", ...of.map((one) => one.strategy)], [
    shares("worst cell off by, net", (served) => percent(served.inaccuracy_net.p50)),
    shares("worst cell off by, gross", (served) => percent(served.inaccuracy_gross.p50)),
    shares("all windows off by", (served) => percent(served.inaccuracy_total.p50)),
    shares("cells that are certain and wrong", (served) => percent(served.wrong_cells)),
    shares("windows corrected up", (served) => number(served.corrections.up)),
    shares("windows corrected down", (served) => number(served.corrections.down)),
    shares("windows that are never right", (served) => number(served.windows.never_right)),
    times("first_served_ms", "first served after its end, ms"), times("right_ms", "right after its end, ms"), times("certain_ms", "certain after its end, ms"),
  ]) : null);
};
