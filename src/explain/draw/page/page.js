/* ---- the page around the picture ---- */
function frame() {
  $("where").innerHTML = `<span>${esc(D.scenario)}</span><code>${esc(D.file)}${D.seed ? ` --seed ${esc(D.seed)}` : ""}</code>`;
  const diff = s => `${esc(s.place || "")}${s.place ? "\n" : ""}` + (s.was ? `<del>- ${esc(s.key)} = ${esc(s.was)}</del>\n` : "") + (s.to ? `<ins>+ ${esc(s.key)} = ${esc(s.to)}</ins>` : "");
  const c = D.change, none = c.text.startsWith("no setting");
  $("change").innerHTML = (c.why && !none ? `<p>${code(c.why)}</p>` : "") + (none || !c.settings.length ? `<p>${code(c.text)}</p>` : "") +
    (none ? "" : c.settings.map(s => `<pre><code>${diff(s)}</code></pre>`).join("")) + (c.or.length ? `<p>Enough alone, too:</p>` + c.or.map(s => `<pre><code>${diff(s)}</code></pre>`).join("") : "");
  $("foot").innerHTML = `Run it again: <code>${esc(D.replay)}</code>` + (D.sliced ? ". This page has the story only: the runs are long." : "");
  $("all").disabled = D.sliced;
  $("names").innerHTML = D.records.map(r => `<option value="${esc(r.name)}">${esc(r.key)}</option>`).join("");
  const icon = body => `<svg viewBox="0 0 36 18" aria-hidden="true">${body}</svg>`, p = (cls, d) => `<path class="${cls}" d="${d}"/>`;
  $("key").innerHTML = [
    [p("req me", "M2 9H28") + p("head me", "M34 9l-8-3.6v7.2z"), "request"], [p("ack me", "M34 9H6") + p("open me", "M9 5.5L3 9l6 3.5"), "ack"],
    [p("req lost me", "M2 9H25") + p("cross", shape.cross(29, 9)), "lost"], [p("span me", "M18 0V18") + p("dia me", shape.diamond(18, 9)), "commit, applied"],
    [p("dia", shape.diamond(18, 9)), "commit that adds to no result"], [`<circle class="fx" cx="18" cy="9" r="8"/><text class="fxt" x="18" y="13" text-anchor="middle">f</text>`, "a function runs"],
    [p("box me", shape.box(18, 9)), "a service does it"], [p("ring", shape.ring(18, 9, 5.5)), "known, or done with"], [wrongMark(18, 9), "where it goes wrong"],
    [`<rect class="away" x="11" width="14" height="18"/>`, "down"], [`<rect class="still" x="11" width="14" height="18"/>`, "stands still"], [badge(18, 9, 1), "fault"],
  ].map(([drawn, words]) => `<li>${icon(drawn)}${words}</li>`).join("");
}
function ledger() {
  const cut = D.damage.length > 8 && !ledger.open, list = D.damage.map((d, i) => [d, i]).filter(([, i]) => !cut || i < 4 || i === state.d);
  const name = d => d.record === null ? { name: "the run", key: "" } : D.records[d.record];
  $("ledger").innerHTML = `<thead><tr><th scope="col">record<th scope="col" class="n">expected<th scope="col" class="n">found<th scope="col">what<th scope="col">faults</tr></thead><tbody>` +
    list.map(([d, i]) => { const r = name(d), at = d.applied && d.where.length ? d.where.map(w => `${w.key} ${w.applied}×`).join(", ") : "";
      return `<tr${i === state.d ? ' aria-current="true"' : ""}><td><button type="button" data-d="${i}">${esc(r.name)}</button> <span class="quiet">${esc(r.key)}</span><td class="n" data-h="expected">${d.expected}<td class="n" data-h="found"><span${d.applied === d.expected ? "" : ' class="bad"'}>${d.applied}</span><td>${esc(d.cls)}${d.step ? ` at ${esc(d.step)}` : ""}${at ? ` <span class="quiet">${esc(at)}</span>` : ""}<td>${d.faults.slice(0, 6).map(f => `<span class="num">${f}</span>`).join(" ")}${d.faults.length > 6 ? " …" : ""}</tr>`; }).join("") +
    (cut ? `<tr><td colspan="5"><button type="button" data-more="1">and ${D.damage.length - list.length} more</button></tr>` : "") + "</tbody>";
  const [wrong, ...why] = damage.because.split(", because ");
  $("headline").textContent = why.length ? `${wrong}.` : damage.because;
  $("deck").innerHTML = state.d === 0 ? code((why.length ? `Because ${why.join(", because ")} ` : "") + D.deck)
    : `This page tells the story of another record. <code>onceproof explain ${esc(D.file)} --record ${esc(name(damage).name)}</code> tells this one.`;
  $("chips").innerHTML = damage.faults.map(n => faults.get(n)).filter(Boolean).slice(0, 12).map(f => `<li><button type="button" class="chip" data-f="${f.n}" title="${esc(f.text)}"><span class="num">${f.n}</span>${esc(f.chip)}</button></li>`).join("");
}

/* ---- the picture: shapes of one class are one path ---- */
const shape = {
  diamond: (x, y) => `M${x} ${y - 6}l6 6-6 6-6-6z`, dot: (x, y) => `M${x - 2} ${y}a2 2 0 1 0 4 0a2 2 0 1 0-4 0`, box: (x, y) => `M${x - 5} ${y - 5}h10v10h-10z`,
  ring: (x, y, r) => `M${x - r} ${y}a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0-${2 * r} 0`, cross: (x, y) => `M${x - 4} ${y - 4}l8 8m0-8l-8 8`,
};
const wrongMark = (x, y) => `<path class="wrongm" d="M${x - 4} ${y - 9.5}h8l5.5 5.5v8l-5.5 5.5h-8l-5.5-5.5v-8z"/><path class="wrongx" d="${shape.cross(x, y)}"/>`;
const badge = (x, y, n) => `<rect class="badge" x="${x - 8}" y="${y - 8}" width="16" height="16" rx="2.5"/><text class="badget" x="${x}" y="${y + 4}" text-anchor="middle">${n}</text>`;
function along(x0, y0, x1, y1, cls, words) {
  const [ax, ay, bx, by] = x0 < x1 ? [x0, y0, x1, y1] : [x1, y1, x0, y0], deg = Math.atan2(by - ay, bx - ax) * 180 / Math.PI;
  return Math.abs(deg) > 32 || bx - ax < 70 ? "" : `<text class="${cls}" transform="translate(${r1((ax + bx) / 2)} ${r1((ay + by) / 2)}) rotate(${r1(deg)})" y="-6" text-anchor="middle">${words}</text>`;
}
/* Rows are moments: events of one time share one unless a mark would cover another. */
function layout() {
  choose();
  const h = pairs.length > 150 ? 24 : ROW, rows = [], gaps = pairs.slice(1).map((p, i) => p.a && pairs[i].a ? p.a.t - pairs[i].a.t : 0).filter(d => d > 0).sort((a, b) => a - b);
  const fold = 10 * (gaps[gaps.length >> 1] || 1000), was = {};
  decimals = pairs.some(p => p.a && p.a.t % 1000 || p.b && p.b.t % 1000) ? 1 : 0;
  let y = 24, row = null, busy = new Set();
  for (const p of pairs) {
    const marks = []; let follows = false;
    for (const side of ["a", "b"]) {
      const e = p[side]; if (!e) continue;
      marks.push(e.o >= 0 ? `${side}${e.k}|${e.l}|${e.o}` : `${side}|${e.l}`);
      if (e.p >= 0 && row && row.in.has(side + e.p) && (e.k === K.receive || e.k === K.acked || e.k === K.apply || e.k === K.heard)) follows = true;
    }
    const fits = row && (!p.a || row.a === undefined || row.a === p.a.t) && (!p.b || row.b === undefined || row.b === p.b.t) && !follows && !marks.some(k => busy.has(k));
    if (!fits) {
      busy = new Set();
      const gap = Math.max(p.a && was.a !== undefined ? p.a.t - was.a : 0, p.b && was.b !== undefined ? p.b.t - was.b : 0);
      if (row) y += h;
      const folded = row && gap > fold ? { gap, y: y - h / 2 + 13 } : null;
      if (folded) y += 26;
      row = { y, in: new Set(), folded }; rows.push(row);
    }
    marks.forEach(k => busy.add(k));
    for (const side of ["a", "b"]) if (p[side]) { row[side] = was[side] = p[side].t; row.in.add(side + p[side].i); }
    p.row = row;
  }
  const used = D.lanes.map((_, i) => pairs.some(p => [p.a, p.b].some(e => e && (e.l === i || e.o === i))));
  if (!used.includes(true)) used[0] = true;
  const story = !state.all && !state.q.trim() && state.d === 0;
  return { rows, h, height: y + 30, lanes: D.lanes.map((_, i) => i).filter(i => used[i]), first: !two() ? -1 : story ? D.differs ?? -1 : pairs.findIndex(differs), spots: [] };
}
function draw() {
  L = layout();
  const drawn = two() ? runs : [A]; if (!two()) state.run = 0;
  const name = (r, w) => `<div class="run${w === state.run ? " shown" : ""}"><h2>${esc(r.title)}<small>${r.without.length ? `without ${r.without.slice(0, 4).map(n => `<span class="num">${n}</span>`).join(" ")}` : r.with ? `with <code>${esc(r.with)}</code>` : ""}</small></h2><div class="names" id="names${w}"></div></div>`;
  $("heads").innerHTML = `<div class="runs${two() ? "" : " one"}">${drawn.map(name).join("")}</div>`;
  $("runs").classList.toggle("one", !two());
  $("runs").innerHTML = drawn.map((_, w) => `<div class="run${w === state.run ? " shown" : ""}" id="run${w}"></div>`).join("");
  const width = Math.max(240, $("run" + (narrow() ? state.run : 0)).clientWidth), left = GUTTER + (narrow() ? 44 : 76), right = width - (narrow() ? 72 : 78);
  const room = L.lanes.length > 1 ? (right - left) / (L.lanes.length - 1) : 200, X = {};
  L.lanes.forEach((l, i) => { X[l] = r1(left + (L.lanes.length > 1 ? i * room : (right - left) * .4)); });
  L.X = X; L.width = width;
  drawn.forEach((run, w) => {
    // Where lanes stand close, a step is named over its first, and each has its number below.
    const label = (l, i) => { const d = D.lanes[l], before = i ? D.lanes[L.lanes[i - 1]].step : "", number = `/${d.shard.split("/").pop()}`;
      const head = room > 84 ? d.shard : d.step === before ? "" : d.step, also = room > 130 && d.also ? `${d.also.join(", ")} · ` : "";
      const below = room > 84 ? `${also}worker ${d.worker}` : room > 44 ? `${number} w${d.worker}` : room > 22 ? number : "";
      return `<div style="left:${r1(X[l] / width * 100)}%;max-width:${Math.round(room > 84 ? 200 : Math.max(room - 3, 20))}px" title="${esc(d.shard)}, worker ${d.worker}"><b>${esc(head)}</b><span>${esc(below)}</span></div>`; };
    $("names" + w).innerHTML = `<div class="unit" style="left:${r1((GUTTER - 4) / width * 100)}%">ms</div>` + L.lanes.map(label).join("");
    $("run" + w).innerHTML = picture(run, w);
  });
  const bar = $("bar").offsetHeight; $("heads").style.top = `${bar}px`; $("side").style.top = `${bar}px`;
  strip();
  if ($("twin").open) twin();
}
function picture(run, w) {
  const { X, width, lanes } = L, side = w ? "b" : "a", back = [], marks = [], text = [], spots = L.spots[w] = [], dense = pairs.length > 400;
  const layers = new Map(), add = (cls, d) => { if (!layers.has(cls)) layers.set(cls, []); layers.get(cls).push(d); };
  const place = new Map(); pairs.forEach((p, m) => { if (p[side]) place.set(p[side].i, { y: p.row.y, m }); });
  // What has no room on the right of its lane stands on the left.
  const hasRoom = (x, s) => x + s.length * 6.8 <= width + 14, laneOf = x => Math.max(...lanes.map(l => X[l]).filter(at => at <= x));
  const words = (x, y, s, cls = "lbl", anchor = "start") => { if (anchor === "start" && !hasRoom(x, s)) [x, anchor] = [2 * laneOf(x) - x, "end"]; if (!dense) text.push(`<text class="${cls} halo" x="${r1(x)}" y="${y + 4}" text-anchor="${anchor}">${esc(s)}</text>`); };
  back.push(`<g id="now${w}"></g><path class="lane" d="${lanes.map(l => `M${X[l]} 6V${L.height}`).join("")}"/>`);
  const ofWorker = n => lanes.filter(l => D.lanes[l].worker === n);
  for (const p of pairs) { // a worker that is away
    const e = p[side]; if (!e || e.k !== K.crash && e.k !== K.pause) continue;
    const y0 = p.row.y + 7, up = run.next.get(e.i), y1 = up && place.has(up.i) ? place.get(up.i).y - 2 : L.height;
    ofWorker(workerOf(e)).forEach((l, n) => {
      back.push(`<rect class="${e.k === K.crash ? "away" : "still"}" x="${X[l] - 11}" y="${y0}" width="22" height="${Math.max(6, y1 - y0)}" rx="2"/>`);
      if (!n) words(X[l] + 18, Math.min((y0 + y1) / 2, y0 + 40), e.n > Number.MAX_SAFE_INTEGER ? "gone" : `${e.k === K.crash ? "down" : "still"} ${long(e.n * 1000)}`, "soft");
    });
  }
  L.rows.forEach((r, n) => {
    const t = r[side], above = n ? L.rows[n - 1][side] : undefined;
    if (r.folded) { back.push(`<path class="fold" stroke-dasharray="2 3" d="${lanes.map(l => `M${X[l]} ${r.folded.y - 9}v18`).join("")}"/>`); text.push(`<text class="soft" x="${GUTTER - 4}" y="${r.folded.y + 4}" text-anchor="end">⋯ ${long(r.folded.gap)}</text>`); }
    if (t !== undefined && t !== above) text.push(`<text class="tick" x="${GUTTER - 4}" y="${r.y + 4}" text-anchor="end">${ms(t)}</text>`);
  });
  if (L.first >= 0 && pairs[L.first]) { const y = pairs[L.first].row.y - L.h / 2 - 1; back.push(`<path class="diffl" d="M0 ${y}H${width}"/>`); if (w || narrow()) text.push(`<text class="difft halo" x="${width}" y="${y + 4}" text-anchor="end">first difference</text>`); }
  pairs.forEach((p, m) => {
    const e = p[side]; if (!e) return;
    const y = p.row.y, mine = isMine(e), me = mine ? " me" : "", of = e.l >= 0 ? [e.l] : ofWorker(workerOf(e)), x = X[of[0]];
    if (x === undefined) return;
    const spot = { m, x, y, x0: x, y0: y }, kind = D.kinds[e.k], bad = !w && damage.wrong.includes(e.i); spots.push(spot);
    const line = isMark(e) ? "mark" : (kind === "send" || kind === "receive" ? "req" : "ack") + me, again = e.n > 1 ? `, ${e.n}` : "";
    if (e.f && kind !== "send" && kind !== "ack") marks.push(badge(x - 22, y, e.f));
    switch (kind) {
      case "receive": case "acked": case "error": {
        const from = e.p >= 0 && place.get(e.p), x0 = X[e.o]; if (!from || x0 === undefined) { add("dot" + me, shape.dot(x, y)); break; }
        spot.x0 = x0; spot.y0 = from.y;
        const a = Math.atan2(y - from.y, x - x0), cos = Math.cos(a), sin = Math.sin(a), pt = (d, t) => `${r1(x - (3 + d) * cos - t * sin)} ${r1(y - (3 + d) * sin + t * cos)}`;
        add(line, `M${x0} ${from.y}L${pt(0, 0)}`);
        if (kind === "receive") { add("head" + me, `M${pt(0, 0)}L${pt(9, 3.8)}L${pt(9, -3.8)}z`); if (!isMark(e) && !dense) text.push(along(x0, from.y, x, y, `lbl halo${me}`, esc(short(e) + again))); }
        else add("open" + me, `M${pt(6, 3.2)}L${pt(0, 0)}L${pt(6, -3.2)}`);
        break; }
      case "send": case "ack": {
        const to = X[e.o];
        if (to !== undefined && GONE.has(e.x)) {
          const far = e.x === "down" ? 1 : .68, xe = r1(x + (to - x) * far), ye = r1(y + L.h * .6);
          add(`${line} lost`, `M${x} ${y}L${xe} ${ye}`); add("cross", shape.cross(xe, ye)); spot.x0 = xe; spot.y0 = ye;
          if (e.f) marks.push(badge(xe + (to > x ? 17 : -17), ye, e.f));
          text.push(along(x, y, xe, ye, `lbl halo${me}`, esc(kind === "ack" ? `ack, ${e.x}` : `${short(e)}${again}, ${e.x}`)));
        } else { if (e.f) marks.push(badge(x + (to !== undefined && to < x ? -18 : 18), y - 3, e.f)); if (to === undefined) add("dot" + me, shape.dot(x, y)); }
        break; }
      case "commit": if (GONE.has(e.x)) { add(`span${me}`, `M${x} ${y}v${L.h * .5}`); add("cross", shape.cross(x, y + L.h * .5)); } break;
      case "heard": break;
      case "apply": {
        const from = e.p >= 0 && place.get(e.p), heard = run.next.get(e.i), to = heard && place.get(heard.i);
        add("span" + me, `M${x} ${from ? from.y : y - 8}V${to ? to.y : y + 8}`);
        if (!bad) { add(e.c >= 0 && mine ? "dia me" : "dia", shape.diamond(x, y)); if (e.c >= 0) words(x + 12, y, e.sum === null ? D.cells[e.c].key.split("@")[0] || short(e) : `${D.cells[e.c].key.split("@")[0]} = ${e.sum}`, "lbl" + me); }
        break; }
      case "repeat": add("ring", shape.ring(x, y, 6.5)); words(x + 13, y, "known", ""); break;
      case "drop": add("ring", shape.ring(x, y, 6.5)); add("cross", shape.cross(x, y)); words(x + 13, y, "done with", ""); break;
      case "call": marks.push(`<circle class="fx" cx="${x}" cy="${y}" r="8.5"/><text class="fxt" x="${x}" y="${y + 4}" text-anchor="middle">f</text>`); words(x - (e.f ? 33 : 13), y, subject(e)?.key || "", e.f ? "wrongt" : "lbl" + me, "end"); break;
      case "wait": add("fx", shape.ring(x, y, 5.5)); add("hand", `M${x} ${y - 3}v3h2.6`); words(x - 10, y, "no answer", "lbl", "end"); break;
      case "crash": case "pause": of.forEach(l => add("cross", `M${X[l] - 7} ${y + 4}h14`)); break;
      case "back": case "goes-on": of.forEach(l => add("dot", shape.dot(X[l], y))); break;
      case "cut": add("cross", `M${x - 9} ${y - 4}l18 8`); words(x + 14, y, `cut ${long(e.n * 1000)}`, ""); break;
      case "clock": add("fx", shape.ring(x, y, 7)); add("cross", `M${x} ${y - 4}v4h3`); words(x + 13, y, "clock jumps", ""); break;
      case "move": add("cross", `M${x - 8} ${y}h14m-4-4l4 4-4 4`); words(x + 13, y, "moved", ""); break;
      case "ask": add("ack" + me, `M${x} ${y}h13`); if (e.x) add("cross", shape.cross(x + 18, y)); break;
      case "serve": if (!bad) { add(e.c >= 0 ? "box" + me : "box", shape.box(x, y)); words(x + 12, y, "service", "lbl" + me); } break;
      case "read": add("dot" + me, shape.ring(x, y, 3.5)); if (mine) words(x - 9, y, subject(e)?.key || "", "lbl" + me, "end"); break;
      default: add("dot" + me, shape.dot(x, y));
    }
    if (bad) {
      const [first, ...others] = damage.sign.split(" ");
      marks.push(wrongMark(x, y)); words(x + 16, y - (others.length ? 3 : 0), first, "wrongt"); if (others.length) words(x + 16, y + 10, others.join(" "), "wrongt");
    }
  });
  const order = ["mark", "ack", "req", "span", "open", "head", "dot", "dia", "box", "fx", "hand", "ring", "cross"], rank = cls => order.indexOf(cls.split(" ")[0]) * 2 + (cls.includes(" me") ? 1 : 0);
  const paths = [...layers].sort((a, b) => rank(a[0]) - rank(b[0])).map(([cls, d]) => `<path class="${cls}" d="${d.join("")}"/>`).join("");
  const empty = pairs.length ? "" : `<text x="${GUTTER}" y="24" class="lbl">Nothing matches the filter.</text>`;
  return `<svg viewBox="0 0 ${width} ${L.height}" style="height:${L.height}px" width="${width}" role="img" aria-label="${esc(run.title)}: a diagram of space and time; time goes down. The table below says the same.">${back.join("")}${paths}${marks.join("")}${text.join("")}${empty}<g id="sel${w}"></g></svg>`;
}
/* What is under the pointer: the nearest event, or the nearest arrow. */
function pick(event) {
  const svg = event.target.closest("svg"), w = svg && svg.parentNode.id.startsWith("run") ? +svg.parentNode.id.slice(3) : -1; if (w < 0) return null;
  const box = svg.getBoundingClientRect(), px = event.clientX - box.left, py = event.clientY - box.top; let best = null, near = 14;
  for (const s of L.spots[w]) {
    const dx = s.x - s.x0, dy = s.y - s.y0, len = dx * dx + dy * dy, u = len ? Math.max(0, Math.min(1, ((px - s.x0) * dx + (py - s.y0) * dy) / len)) : 0;
    const d = Math.min(Math.hypot(px - s.x, py - s.y) - 2, Math.hypot(px - s.x0 - u * dx, py - s.y0 - u * dy));
    if (d < near) { near = d; best = s; }
  }
  return best && { m: best.m, w };
}

/* ---- the strip: what is in the result, against what is right ---- */
function strip() {
  const M = Math.max(1, pairs.length - 1), W = $("strip").clientWidth || 300, x = m => r1(m / M * W), steps = [], out = [];
  $("scrub").max = Math.max(0, pairs.length - 1);
  const ours = e => e.c >= 0 && D.cells[e.c].step === damage.step && (isMine(e) || e.sum !== null && damage.wrong.some(i => A.ev[i].c === e.c));
  const own = A.adds.filter(ours), places = pairs.flatMap((p, m) => p.a ? [[p.a.i, m]] : []).sort((a, b) => a[0] - b[0]);
  let count = 0, next = 0;
  own.forEach(e => {
    while (next < places.length && places[next][0] < e.since) next++;
    count = e.sum === null ? count + 1 : e.sum;
    if (next < places.length) steps.push([places[next][1], count]);
  });
  const sums = own.some(e => e.sum !== null), right = sums ? Math.max(...steps.map(([, n]) => n), 1) : damage.expected, top = Math.max(right, ...steps.map(([, n]) => n), 1), Y = n => r1(33 - n / top * 14);
  out.push(`<path class="lane" d="M0 35H${W}"/>`, sums ? "" : `<path class="diffl" d="M0 ${Y(right)}H${W}"/>`, `<path class="ack me" d="M0 ${Y(0)}${steps.map(([m, n]) => `H${x(m)}V${Y(n)}`).join("")}H${W}"/>`);
  const faults = pairs.map((p, m) => [m, p.a && p.a.f]).filter(([, f]) => f);
  faults.forEach(([m, f]) => out.push(faults.length < 14 ? badge(x(m), 9, f) : `<path class="cross" d="M${x(m)} 3v9"/>`));
  pairs.forEach((p, m) => { if (p.a && damage.wrong.includes(p.a.i)) out.push(`<g transform="translate(${x(m)} 9) scale(.85)">${wrongMark(0, 0)}</g>`); });
  $("strip").innerHTML = out.join("") + `<g id="cursor"></g>`; strip.x = x;
}

/* ---- one moment ---- */
function show(move = true, calm = false) {
  if (!pairs.length) { $("side").innerHTML = ""; return; }
  state.m = Math.max(0, Math.min(pairs.length - 1, state.m));
  const p = pairs[state.m], y = p.row.y, drawn = two() ? runs : [A];
  drawn.forEach((_, w) => {
    const e = w ? p.b : p.a, x = e ? L.X[e.l >= 0 ? e.l : L.lanes.find(l => D.lanes[l].worker === workerOf(e))] : undefined;
    $("now" + w).innerHTML = `<rect class="nowb" x="0" y="${y - L.h / 2 + 1}" width="${L.width}" height="${L.h - 2}"/>`;
    $("sel" + w).innerHTML = x === undefined ? "" : `<circle class="sel" cx="${x}" cy="${y}" r="13.5"/>`;
  });
  $("scrub").value = state.m; $("cursor").innerHTML = `<path class="sel" d="M${strip.x(state.m)} 16V35"/>`;
  const other = narrow() && state.run === 1, main = other && p.b || !p.a ? B : A, e = main === A ? p.a : p.b, t = tell(main, e), o = main === A && p.b ? tell(B, p.b) : null;
  const only = p.a && p.b || !two() ? "" : p.a ? "Only in the run that fails: " : "Only in the run that holds: ";
  const fault = e.f ? faults.get(e.f) : null, diff = state.m === L.first && D.difference && state.d === 0 && !state.all;
  $("scrub").setAttribute("aria-valuetext", `${ms(e.t)} milliseconds. ${only}${t.say}`); $("live").textContent = only + t.say;
  const a = counts(A, last(state.m, "a")), cells = D.cells.map((_, i) => i).filter(i => D.cells[i].key && D.cells[i].step === damage.step && (damage.where.some(q => q.key === D.cells[i].key) || a.has(i) && damage.wrong.some(k => A.ev[k].c === i))).slice(0, 8);
  const item = (name, words, cls = "") => words ? `<div${cls ? ` class="${cls}"` : ""}><dt>${name}</dt>` : "";
  const row = (name, words, wrong, cls) => words ? `${item(name, words, cls)}<dd${wrong ? ' class="wrong"' : ""}>${code(words)}</dd></div>` : "";
  $("side").innerHTML = `<p class="at"><span>${ms(e.t)} ms</span><span>event ${state.m + 1} of ${pairs.length}</span></p><p class="say">${only ? `<span class="quiet">${only}</span>` : ""}${esc(t.say)}</p><dl>` +
    row(fault ? `Fault <span class="num">${fault.n}</span>` : "", fault ? fault.text : "") + row("What was believed", t.believed) + row("What was true", t.truth, t.wrong) +
    row("The first difference", diff ? D.difference : "") + row("In the run that holds", o && o.say !== t.say ? o.say : p.a && !p.b && two() ? "This does not happen." : "", false, "other") + "</dl>" +
    (cells.length ? `<table class="counts"><caption>Results at this moment; expected: at the end</caption><thead><tr><th scope="col">${esc(damage.step)}<th scope="col" class="n">expected<th scope="col" class="n">committed</tr></thead><tbody>` +
      cells.map(i => { const c = D.cells[i], n = a.get(i) || 0, over = c.expected !== null && n > c.expected; return `<tr><td>${esc(c.key || damage.step)}<td class="n">${c.expected ?? "–"}<td class="n"><span${over ? ' class="bad"' : ""}>${n}</span></tr>`; }).join("") + "</tbody></table>" : "");
  document.querySelectorAll(".twin tr[aria-current]").forEach(tr => tr.removeAttribute("aria-current"));
  $("table").querySelector(`tr[data-m="${state.m}"]`)?.setAttribute("aria-current", "true");
  if (move) reveal(y, calm);
  save();
}
function reveal(y, calm) {
  const box = $("run" + (narrow() && two() ? state.run : 0)).getBoundingClientRect(), top = $("bar").offsetHeight + $("heads").offsetHeight + 20, bottom = innerHeight - (innerWidth <= MIDDLE ? $("side").offsetHeight : 0) - 30, at = box.top + y;
  if (at < top || at > bottom) scrollBy({ top: at - (top + bottom) / 2, behavior: calm || matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth" });
}
function twin() {
  const cell = (run, e) => e ? (run === A && damage.wrong.includes(e.i) ? '<span class="bad"></span>' : "") + esc(tell(run, e).say) : "", both = two();
  $("table").innerHTML = `<thead><tr><th scope="col" class="n">ms<th scope="col">${esc(A.title)}${both ? `<th scope="col" class="n">ms<th scope="col">${esc(B.title)}` : ""}</tr></thead><tbody>` +
    pairs.map((p, m) => `<tr data-m="${m}"${m === state.m ? ' aria-current="true"' : ""}><td class="n">${p.a ? ms(p.a.t) : ""}<td>${cell(A, p.a)}${both ? `<td class="n">${p.b ? ms(p.b.t) : ""}<td>${cell(B, p.b)}` : ""}</tr>`).join("") + "</tbody>";
}

/* ---- moving about ---- */
const go = m => { if (m >= 0) { state.m = m; show(); } };
const wrongAt = () => pairs.findIndex(p => p.a && damage.wrong.includes(p.a.i));
function again() { // draw anew, and stay at the same event
  const { a, b } = pairs[state.m] || {}; draw();
  const m = pairs.findIndex(p => a && p.a === a || !a && b && p.b === b); state.m = m >= 0 ? m : Math.max(0, wrongAt());
  pressed(); show(true, true);
}
function fault(step) {
  const is = p => (p.a && p.a.f) || (p.b && p.b.f);
  for (let m = state.m + step; m >= 0 && m < pairs.length; m += step) if (is(pairs[m])) return go(m);
}
function pressed() {
  $("past").setAttribute("aria-pressed", String(!state.all)); $("all").setAttribute("aria-pressed", String(state.all));
  $("showa").setAttribute("aria-pressed", String(state.run === 0)); $("showb").setAttribute("aria-pressed", String(state.run === 1)); $("showb").disabled = !two();
  if ($("filter").value !== state.q) $("filter").value = state.q;
}
const setAll = on => { if (!D.sliced) { state.all = on; again(); } };
const setRun = run => { if (run === 0 || two()) { state.run = run; again(); } };
function setRecord(d) { state.d = d; damage = D.damage[d]; state.run = 0; draw(); state.m = Math.max(0, wrongAt()); ledger(); pressed(); show(true, true); }
function save() {
  const e = pairs[state.m], q = new URLSearchParams();
  if (e) q.set(e.a ? "e" : "h", String((e.a || e.b).i));
  if (state.d) q.set("d", String(state.d)); if (state.all) q.set("all", "1"); if (state.q) q.set("q", state.q); if (state.run) q.set("run", "holds");
  try { history.replaceState(null, "", `#${q}`); } catch { location.hash = q; }
}
function restore() {
  const q = new URLSearchParams(location.hash.slice(1)), d = Number(q.get("d"));
  state.d = Number.isInteger(d) && d > 0 && d < D.damage.length ? d : 0; damage = D.damage[state.d];
  state.all = q.has("all") && !D.sliced; state.q = q.get("q") || ""; state.run = q.get("run") === "holds" && two() ? 1 : 0;
  ledger(); draw(); pressed();
  const e = q.get("e"), h = q.get("h"), m = pairs.findIndex(p => e !== null ? p.a && p.a.i === +e : h !== null && !p.a && p.b && p.b.i === +h);
  state.m = m >= 0 ? m : Math.max(0, wrongAt()); show(m >= 0, true);
}
document.addEventListener("click", event => {
  const t = event.target.closest("[data-d],[data-f],[data-more],tr[data-m]");
  if (t && t.dataset.d) return setRecord(+t.dataset.d);
  if (t && t.dataset.more) { ledger.open = true; return ledger(); }
  if (t && t.dataset.f) return go(pairs.findIndex(p => p.a && p.a.f === +t.dataset.f));
  if (t && t.dataset.m) return go(+t.dataset.m);
  const hit = pick(event); if (hit) { if (narrow()) state.run = hit.w; go(hit.m); }
});
$("prev").onclick = () => go(state.m - 1);
$("next").onclick = () => go(Math.min(pairs.length - 1, state.m + 1));
$("past").onclick = () => setAll(false);
$("all").onclick = () => setAll(true);
$("showa").onclick = () => setRun(0);
$("showb").onclick = () => setRun(1);
$("help").onclick = () => $("keys").showModal();
$("scrub").oninput = event => go(+event.target.value);
$("filter").oninput = event => { state.q = event.target.value; again(); };
$("twin").ontoggle = () => { if ($("twin").open) twin(); };
document.addEventListener("keydown", event => {
  if (event.ctrlKey || event.metaKey || event.altKey || $("keys").open) return;
  const typing = event.target === $("filter");
  if (event.key === "Escape" && (typing || state.q)) { state.q = ""; $("filter").blur(); return again(); }
  if (typing) return;
  const act = { ArrowLeft: () => go(state.m - 1), ArrowRight: () => go(Math.min(pairs.length - 1, state.m + 1)), f: () => fault(1), F: () => fault(-1), d: () => go(L.first), w: () => go(wrongAt()),
    t: () => setAll(!state.all), n: () => setRun(1 - state.run), "/": () => $("filter").focus(), "?": () => $("keys").showModal() }[event.key];
  if (act && !(event.target === $("scrub") && event.key.startsWith("Arrow"))) { event.preventDefault(); act(); }
});
let waiting = 0, wide = innerWidth;
addEventListener("resize", () => { if (innerWidth !== wide) { wide = innerWidth; clearTimeout(waiting); waiting = setTimeout(again, 80); } });
addEventListener("hashchange", restore);
frame();
restore();
