/** What a sweep found, in a sentence. */
const sweepHeadline = (sweep) => {
  if (sweep.runs === 0) return "No run was made.";
  if (sweep.violated > 0) {
    return `${number(sweep.violated)} of ${counted(sweep.runs, "run")} ${sweep.violated === 1 ? "goes" : "go"} wrong: ${listed(Object.keys(sweep.classes))}.`;
  }
  if (sweep.inconclusive > 0) return `${counted(sweep.inconclusive, "run")} of ${number(sweep.runs)} came to no end.`;
  return sweep.runs === 1 ? "The run is right." : `All ${number(sweep.runs)} runs are right.`;
};

/** What must be known of it before anything else. */
const sweepDeck = (sweep) => {
  const said = [];
  const of = sweep.shares.violated;
  if (sweep.violated > 0 && of.interval && sweep.runs > 1) {
    said.push(`That is ${percent(of.share)}; of all seeds ${limits(of.interval)} do, with a confidence of 95 %.`);
  }
  if (sweep.rate_below) said.push(`With a confidence of 95 % less than ${sweep.rate_below} of all seeds go wrong.`);
  said.push(sweep.seeds_draw.length ? `Seeds ${sweep.seeds ?? "none"} draw ${listed(sweep.seeds_draw)}.` : "The seeds draw nothing: one run says all.");
  if (sweep.worth) said.push(`In each run at least ${number(sweep.worth.reflected)} of ${counted(sweep.worth.expected, "record")} are where they belong.`);
  if (sweep.interrupted) said.push("The sweep was interrupted.");
  if (sweep.stopped_early) said.push("The sweep ended before its last seed, as it had found enough.");
  return said.join(" ");
};

const sweepFailures = (sweep, prefix) => {
  if (!sweep.failures?.length) return null;
  const looked = sweep.failures.reduce((sum, group) => sum + group.runs.length, 0);
  const rows = sweep.failures.map((group, at) => ({
    id: `${prefix}cause-${at}`,
    name: `${group.classes.join(", ")}: ${group.kinds === null ? "the cause is not known" : group.kinds.length ? listed(group.kinds) : "no fault is needed"}`,
    bad: true,
    cells: [countCell(group.runs.length, looked, { wrong: true })],
    detail: () => [
      group.damage && h("p", {}, group.damage),
      group.faults.length ? sentences(group.faults) : null,
      h("p.soft", {}, group.runs.length > 1 ? "The first of these runs is told. Each of them again:" : "The run again:"),
      commands(group.runs.map((run) => run.replay)),
    ],
  }));
  const about = `Of each failing run the fewest and plainest faults that are enough for any of its damage${
    looked < sweep.violated ? `, in the first ${number(looked)} of ${number(sweep.violated)}` : ""}. Choose one for its sentence and its runs.`;
  return part("Failures, by what did it", about, heat({ label: "failures by cause", head: "class, and faults", columns: [{ name: "runs" }], groups: [{ rows }] }));
};

const sweepFaults = (sweep, prefix) => {
  const kinds = Object.keys(sweep.faults);
  if (!kinds.length) return null;
  const steps = allKeys(Object.values(sweep.struck));
  const most = Math.max(1, ...Object.values(sweep.struck).flatMap(Object.values));
  const columns = [{ name: "times" }, { name: "go wrong" }, ...steps.map((name) => ({ name, turned: true }))];
  const rows = kinds.map((kind) => {
    const struck = sweep.struck[kind] ?? {};
    const example = (sweep.failures ?? []).flatMap((group) => group.faults.filter((_, at) => group.kinds?.[at] === kind)).slice(0, 3);
    return {
      id: `${prefix}kind-${kind}`, name: kind, isCode: true,
      cells: [
        plainCell(number(sweep.faults[kind])),
        sweep.runs_with[kind] && shareCell(sweep.runs_with[kind], { wrong: true, wide: true }),
        ...steps.map((step) => countCell(struck[step], most, { say: `struck ${counted(struck[step] ?? 0, "time")} before or at this step of the protocol` })),
      ],
      detail: () => [
        h("p", {}, `It fired ${counted(sweep.faults[kind], "time")} in ${counted(sweep.runs_with[kind]?.runs ?? 0, "run")}, of which ${number(sweep.runs_with[kind]?.violated ?? 0)} go wrong.`),
        example.length ? [h("p.soft", {}, "Where it was enough to make a run fail:"), sentences(example)] : null,
      ],
    };
  });
  return part("Faults that fired, and the steps of the protocol that they struck", SHARES,
    heat({ label: "faults by step", head: "kind of fault", columns, groups: [{ rows }] }));
};

const neverLine = (what, all) => (all?.length ? h("p.never", {}, `${what}: `, names(all)) : null);

const sweepNever = (sweep) => part("What never happened", null,
  neverLine("Kinds with odds that never fired", sweep.never_fired),
  sweep.unfired.length ? h("p.never", {}, `${counted(sweep.unfired.length, "exact fault")} of the file fired in no run.`) : null,
  neverLine("Corners of the protocol that a run ought to reach, and none did", sweep.never_reached),
  neverLine("Steps without a record", sweep.worth?.without_records));

const sweepReached = (sweep, prefix) => {
  const marks = Object.entries(sweep.reached);
  if (!marks.length) return null;
  const kinds = allKeys(marks.map(([, mark]) => mark.runs_with));
  const columns = [{ name: "times" }, { name: "runs" }, ...kindColumns(kinds)];
  const rows = marks.map(([name, mark]) => ({
    id: `${prefix}mark-${name}`, name, isCode: true,
    cells: [plainCell(number(mark.times)), countCell(mark.runs, sweep.runs),
      ...kinds.map((kind) => countCell(mark.runs_with[kind], sweep.runs, { say: `${counted(mark.runs_with[kind] ?? 0, "run")} reached ${name} in which it fired` }))],
    detail: () => h("p", {}, `Reached ${counted(mark.times, "time")} in ${number(mark.runs)} of ${counted(sweep.runs, "run")}.`),
  }));
  return part("Corners of the protocol that were reached", "In how many runs, and in how many of these each kind of fault fired.",
    heat({ label: "corners by kind", head: "corner", columns, groups: [{ rows }] }));
};

const sweepCost = (sweep) => {
  const latency = sweep.latency_ms;
  const times = latency && plain("latency", ["latency", "least, ms", "most, ms"], ["p50", "p99", "max"].map((name) => ({
    name, cells: [brief(latency[name].least), brief(latency[name].most)], length: latency.max.most ? latency[name].most / latency.max.most : 0 })));
  const work = Object.entries(sweep.work ?? {}).filter(([, of]) => of.most > 0);
  const done = work.length ? plain("work", ["work", "in all runs", "least in one", "most in one"], work.map(([name, of]) => ({
    name: name.replaceAll("_", " "), cells: [of.sum === undefined ? "" : number(of.sum), number(of.least), number(of.most)] }))) : null;
  return part("Latency and cost", latency ? `Latencies are of ${counted(latency.runs, "run")} that ${latency.runs === 1 ? "was" : "were"} run again in detail.` : null, times, done);
};

const sweepSaved = (sweep) => part("Saved failures that were run again", null, sweep.regressions.length
  ? plain("saved failures", ["file", "result", "classes"], sweep.regressions.map((of) => ({ name: h("code", {}, of.path), cells: [of.result, of.classes ?? ""] }))) : null);

/** What is wrong with a sweep beside its runs. */
const sweepWarnings = (sweep) => [
  sweep.deterministic ? null : `Seed ${sweep.difference.seed} was not the same when it was run again.`,
  ...sweep.regressions.map((of) => of.why),
  ...sweep.shortfalls,
  sweep.not_shown ? `The file expects ${listed(sweep.not_shown.classes)}, and no run shows it.` : null,
].filter(Boolean);

/** Whether anything is wrong with it. */
const isBad = (sweep) => sweep.violated > 0 || sweepWarnings(sweep).length > 0;

const sweepParts = (sweep, prefix = "") => [
  sweepFailures(sweep, prefix), sweepFaults(sweep, prefix), sweepNever(sweep), sweepReached(sweep, prefix), sweepCost(sweep), sweepSaved(sweep),
  part("Again", null, sweep.replay && command(sweep.replay), sweep.not_shown?.command && command(sweep.not_shown.command)),
];

const sweepView = (sweep) => ({
  where: [sweep.scenario, sweep.path], headline: sweepHeadline(sweep), deck: sweepDeck(sweep), warnings: sweepWarnings(sweep),
  parts: sweepParts(sweep),
});

/** Several sweeps: a row each, and what one sweep shows below it. */
const sweepsView = ({ sweeps }) => {
  const bad = sweeps.filter(isBad).length;
  const kinds = allKeys(sweeps.map((sweep) => sweep.faults));
  const columns = [{ name: "runs" }, { name: "go wrong" }, ...kindColumns(kinds)];
  const rows = sweeps.map((sweep, at) => ({
    id: `scenario-${at}`, name: sweep.scenario, bad: isBad(sweep),
    cells: [plainCell(number(sweep.runs)),
      shareCell({ runs: sweep.runs, violated: sweep.violated, ...sweep.shares.violated }, { wrong: true, wide: true }),
      ...kindCells(kinds, sweep.runs_with, true)],
    detail: () => [h("p.where", {}, h("code", {}, sweep.path)), h("p", {}, sweepHeadline(sweep), " ", sweepDeck(sweep)),
      sweepWarnings(sweep).map((warning) => h("p", {}, h("span.bad", {}, warning))), sweepParts(sweep, `scenario-${at}-`)],
  }));
  return {
    where: [counted(sweeps.length, "scenario")],
    headline: bad ? `${number(bad)} of ${counted(sweeps.length, "scenario")} ${bad === 1 ? "goes" : "go"} wrong.` : `All ${counted(sweeps.length, "scenario")} are right.`,
    deck: `${number(sweeps.reduce((sum, sweep) => sum + sweep.runs, 0))} runs in all.`,
    warnings: [],
    parts: [part("Scenarios, by kind of fault", SHARES, heat({ label: "scenarios by kind of fault", head: "scenario", columns, groups: [{ rows }] }))],
  };
};
