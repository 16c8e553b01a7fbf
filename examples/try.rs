use onceproof::scenario::Scenario;
use onceproof_sim::simulator::Simulator;
fn main() {
    let a: Vec<String> = std::env::args().collect();
    let s = Scenario::load(a[1].as_ref()).unwrap_or_else(|e| panic!("{e}"));
    let seed = a.get(2).and_then(|s| s.parse().ok()).or(s.seed);
    let mut sim = Simulator::new(&s.plan);
    if a.get(2).map(|s| s.as_str()) == Some("t") || a.get(3).is_some() {
        let o = sim.trace(seed, &mut |l| println!("{l}"));
        println!(
            "{:?} {:?} {:?}",
            o.brief,
            o.reason,
            o.damage.iter().take(5).collect::<Vec<_>>()
        );
        return;
    }
    if a.get(2).map(|s| s.as_str()) == Some("sweep") {
        return;
    }
    let t = std::time::Instant::now();
    let o = sim.detail(seed);
    println!("{:?}", t.elapsed());
    println!(
        "{:?}\n{:?}\n{:?}\n{:?}",
        o.brief,
        o.reason,
        o.damage.iter().take(5).collect::<Vec<_>>(),
        o.latency
    );
    for s in &o.steps {
        println!(
            "{} {} {} {:?}",
            s.expected,
            s.applied,
            s.late,
            s.results.iter().take(5).collect::<Vec<_>>()
        );
    }
    println!("unfired {:?}", o.unfired);
}
