use onceproof::scenario::Scenario;
use onceproof_sim::outcome::*;
use onceproof_sim::simulator::Simulator;
fn main() {
    let a: Vec<String> = std::env::args().collect();
    let s = Scenario::load(a[1].as_ref()).unwrap_or_else(|e| panic!("{e}"));
    let n: u64 = a[2].parse().unwrap();
    let mut sim = Simulator::new(&s.plan);
    let t = std::time::Instant::now();
    let mut classes = std::collections::BTreeMap::new();
    let mut bad = vec![];
    let mut inc = 0;
    let mut ev = 0;
    let mut fired = [0u64; 13];
    for seed in 0..n {
        let b = sim.brief(Some(seed));
        ev += b.work.events;
        for i in 0..13 {
            fired[i] += b.fired.0[i];
        }
        for c in b.classes.iter() {
            *classes.entry(c).or_insert(0) += 1;
        }
        if b.verdict == Verdict::Violated {
            bad.push(seed);
        }
        if b.verdict == Verdict::Inconclusive {
            inc += 1;
        }
    }
    println!(
        "{:?} {} runs/s, {} ev/s; violated {} {:?} inconclusive {} first {:?} fired {:?}",
        t.elapsed(),
        n as f64 / t.elapsed().as_secs_f64(),
        ev as f64 / t.elapsed().as_secs_f64(),
        bad.len(),
        classes,
        inc,
        &bad[..bad.len().min(5)],
        fired
    );
}
