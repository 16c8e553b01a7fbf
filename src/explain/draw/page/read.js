"use strict";
const D = JSON.parse(document.getElementById("data").textContent);
const $ = id => document.getElementById(id);
const esc = s => String(s).replace(/[&<>"]/g, c => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[c]);
const code = s => esc(s).replace(/`([^`]+)`/g, "<code>$1</code>");
const r1 = n => Math.round(n * 10) / 10;
let decimals = 0;
const formats = [0, 3].map(n => new Intl.NumberFormat("en", { minimumFractionDigits: n, maximumFractionDigits: 3 }));
const ms = us => formats[decimals ? 1 : 0].format(us / 1000);
/* A length for people: four digits of milliseconds say less than seconds. */
const long = us => us >= 1e6 ? `${r1(us / 1e6)} s` : `${us >= 1e4 ? Math.round(us / 1000) : r1(us / 1000)} ms`;
const SMALL = 720, MIDDLE = 1100, GUTTER = 62, ROW = 31;

/* ---- reading: columns become events ---- */
const K = Object.fromEntries(D.kinds.map((kind, i) => [kind, i]));
const runs = D.runs.map((run, which) => {
  const c = run.events;
  let t = 0;
  const ev = c.dt.map((dt, i) => {
    t += dt;
    return { i, t, k: parseInt(c.k[i], 36), l: c.l[i], s: c.s[i], o: c.o[i], p: c.p[i] ? i - c.p[i] : -1, n: c.n[i],
      x: D.fates[c.x[i] || 0], f: c.f[i] || 0, c: c.c[i] ?? -1, v: c.v[i] ?? 1, sum: c.t[i] ?? null,
      since: c.w[i] === undefined ? i : c.w[i] ? i + c.w[i] : -1 };
  });
  // Who hears of a commit, and when a worker is back.
  const next = new Map();
  ev.forEach(e => { if (e.p >= 0 && e.k === K.heard) next.set(e.p, e); });
  ev.forEach(e => {
    if (e.k !== K.crash && e.k !== K.pause) return;
    const ends = e.k === K.crash ? K.back : K["goes-on"], up = ev.slice(e.i + 1).find(o => o.k === ends && o.l === e.l);
    if (up) next.set(e.i, up);
  });
  // What is added to results, by the event from which on it stands: its own, or the end of its transaction.
  const adds = ev.filter(e => e.c >= 0 && e.since >= 0).sort((a, b) => a.since - b.since || a.i - b.i);
  return { ...run, which, ev, next, adds };
});
const [A, B] = runs;
const faults = new Map(D.faults.map(f => [f.n, f]));
const subject = e => e.s < 0 ? null : D.subjects[e.s];
const lane = l => l < 0 ? `worker ${-1 - l}` : D.lanes[l].shard;
const workerOf = e => e.l < 0 ? -1 - e.l : D.lanes[e.l].worker;
const isMark = e => !subject(e) || subject(e).of.length === 0;
const short = e => { const s = subject(e); return s ? (D.records.length <= 6 && s.key ? s.key : s.name) : ""; };
const GONE = new Set(["lost", "cut", "down"]);

/* ---- state, kept in the address ---- */
const state = { d: 0, all: false, q: "", m: 0, run: 0 };
let pairs = [], damage = D.damage[0], L = null;
const isMine = e => { const s = subject(e); return !!s && damage.record !== null && s.of.includes(damage.record); };
const two = () => damage.run === 1 && !!B;
const narrow = () => innerWidth <= SMALL;

/* ---- what is shown ---- */
function chosen(run) {
  const q = state.q.trim().toLowerCase();
  if (q) return run.ev.filter(e => { const s = subject(e); return s && (s.name.toLowerCase().includes(q) || s.key.toLowerCase().includes(q)); });
  if (state.all) return run.ev;
  const faults = new Set(damage.faults);
  return run.ev.filter(e => isMine(e) || faults.has(e.f));
}
/* Two runs side by side: the longest row of events that happen in both shares rows. */
function align(a, b) {
  const keyed = list => { const met = new Map(); return list.map(e => {
    const like = [e.k, e.l, e.o, subject(e)?.name ?? "", e.k === K.apply ? "" : e.n].join("|"), n = met.get(like) || 0;
    met.set(like, n + 1); return `${like}|${n}`; }); };
  const at = new Map(keyed(b).map((like, j) => [like, j])), hits = [];
  keyed(a).forEach((like, i) => { if (at.has(like)) hits.push([i, at.get(like)]); });
  const tails = [], before = [];
  hits.forEach(([, j], h) => {
    let lo = 0, hi = tails.length;
    while (lo < hi) { const mid = (lo + hi) >> 1; if (hits[tails[mid]][1] < j) lo = mid + 1; else hi = mid; }
    before[h] = lo ? tails[lo - 1] : -1; tails[lo] = h;
  });
  const kept = [[a.length, b.length]];
  for (let h = tails.length ? tails[tails.length - 1] : -1; h >= 0; h = before[h]) kept.unshift(hits[h]);
  const out = []; let i = 0, j = 0;
  for (const [ki, kj] of kept) {
    while (i < ki || j < kj)
      if (j >= kj || i < ki && a[i].t <= b[j].t) out.push({ a: a[i++], b: null }); else out.push({ a: null, b: b[j++] });
    if (ki < a.length) { out.push({ a: a[ki], b: b[kj] }); i = ki + 1; j = kj + 1; }
  }
  return out;
}
function choose() {
  const story = !state.all && !state.q.trim() && state.d === 0;
  pairs = story ? D.pairs.map(([a, b]) => ({ a: a === null ? null : A.ev[a], b: b === null || !B ? null : B.ev[b] }))
    : align(chosen(A), two() ? chosen(B) : []);
}
const differs = p => !p.a || !p.b || p.a.s !== p.b.s || p.a.x !== p.b.x;

/* ---- words: what the document says of an event, or what its kind says ---- */
function tell(run, e) {
  const own = run.notes[e.i], who = lane(e.l), s = subject(e), what = s ? s.name : "a message";
  const wrong = run === A && damage.wrong.includes(e.i);
  if (own) return { say: own.say, believed: own.believed || "", truth: own.true || "", wrong };
  const fate = e.x ? `; ${{ lost: "it is lost", twice: "it comes twice", late: "it is late", error: "it becomes an error", cut: "the link is cut", unanswered: "its answer is lost", down: "it reaches nobody", forgotten: "it is answered, and forgotten" }[e.x]}` : "";
  const to = e.o >= 0 ? lane(e.o) : "";
  const words = {
    send: `${who} sends ${what} to ${to}, attempt ${e.n}${fate}`, receive: `${who} receives ${what} from ${to}, attempt ${e.n}`,
    repeat: `${who} knows ${what}`, drop: `${who} is done with ${what}`, call: `${who} runs its function on ${what}, execution ${e.n}`,
    commit: `${who} commits ${what}${fate}`, apply: `the store applies a commit of ${who}, ${what}`, heard: `${who} hears that ${what} is committed`,
    ack: `${who} acks ${what}${to ? ` to ${to}` : ""}${fate}`, acked: `${who} receives the ack of ${what}`, error: `${who} receives an error for ${what}`,
    wait: `${who} has waited too long for ${what}`, input: `${who} looks for input, or does what is due`, crash: `${who} crashes, for ${e.n} ms`, back: `${who} is back`,
    pause: `${who} stands still, for ${e.n} ms`, "goes-on": `${who} goes on`, cut: `a link of ${who} is cut, for ${e.n} ms`, clock: `the clock of ${who} jumps`,
    move: `${who} moves to another worker`, ask: `${who} calls its service for ${what}${fate}`, serve: `the service of ${who} answers for ${what}`,
    answer: `${who} hears from its service for ${what}`, read: `${who} reads ${what}`,
  };
  return { say: words[D.kinds[e.k]] || `${who}: ${what}`, believed: "", truth: "", wrong };
}

/* ---- results at a moment ---- */
function counts(run, upto) {
  const sum = new Map();
  for (const e of run.adds) { if (e.since > upto) break; sum.set(e.c, e.sum === null ? (sum.get(e.c) || 0) + e.v : e.sum); }
  return sum;
}
const last = (m, side) => { for (let i = m; i >= 0; i--) if (pairs[i][side]) return pairs[i][side].i; return -1; };
