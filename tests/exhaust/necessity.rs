//! Each mechanism is needed: with a wrong value there is a schedule that breaks the small pipeline.

use super::{on, plan_of};
use onceproof::scenario::Scenario;
use onceproof::search::exhaust::Space;
use onceproof::search::necessity::{Row, Standing, searched};
use onceproof_sim::fault::KindName;
use onceproof_sim::outcome::Verdict;
use std::path::Path;
use std::sync::atomic::AtomicBool;

/// What comes of each wrong value in the coin that is checkpointed.
fn rows(kinds: &[KindName], most: u32) -> Vec<Row> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
    let file = folder.join("outputs/coin-checkpointed.toml");
    let scenario = Scenario::load(&file).unwrap_or_else(|error| panic!("{error}"));
    let space = Space::new(&scenario.plan, kinds, most);
    let cancel = AtomicBool::new(false);
    searched().map(|wrong| on(2, || wrong.search(&scenario, &space, &cancel, &|_| {}))).collect()
}

#[test]
fn every_wrong_value_has_a_witness() {
    for row in rows(&KindName::ALL, 2) {
        let lacks = row.lacks.is_some();
        let expected = if lacks { Standing::NotSearched } else { Standing::Witnessed };
        assert_eq!(row.standing(), expected, "{}", row.words);
    }
}

#[test]
fn what_breaks_without_the_wrong_value_is_no_witness_of_it() {
    // Under recompute a crash and another answer break the coin, with stamps as they should be.
    let rows = rows(&KindName::ALL, 2);
    let row = rows.iter().find(|row| row.words.starts_with("stamps = \"fresh\"")).expect("a row");
    assert_eq!(row.count(KindName::UserDiffers), 0);
    assert!(row.count(KindName::Crash) > 0 && row.count(KindName::Partition) > 0);
}

#[test]
fn where_the_full_design_breaks_its_own_value_is_no_witness() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
    let file = folder.join("dedup/lost-ack-no-dedup.toml");
    let scenario = Scenario::load(&file).unwrap_or_else(|error| panic!("{error}"));
    let space = Space::new(&scenario.plan, &[KindName::DropAck], 1);
    let off = searched().find(|design| design.words() == "dedup = \"off\"").expect("a value");
    let cancel = AtomicBool::new(false);
    let row = off.search(&scenario, &space, &cancel, &|_| {});
    assert_eq!(row.found.expect("a search").causes, []);
}

#[test]
fn without_the_faults_that_it_guards_against_a_mechanism_has_no_witness() {
    // A lost ack makes a retry, and no more: what is known by its id is dropped and acked again.
    let rows = rows(&[KindName::DropAck], 1);
    let witnessed = |words: &str| {
        let row = rows.iter().find(|row| row.words == words).expect("a row");
        row.standing() == Standing::Witnessed
    };
    assert!(witnessed("dedup = \"off\"") && witnessed("re-ack = false"));
    assert!(!witnessed("ack = \"on-receipt\"") && !witnessed("atomic = \"id-first\""));
    let lacking = rows.iter().filter(|row| row.standing() == Standing::NotSearched);
    assert_eq!(lacking.map(|row| row.lacks).collect::<Vec<_>>(), [Some("clock-step")]);
}

#[test]
fn the_chapter_in_small_holds_without_a_fault() {
    let plan = plan_of("chapter/small.toml", "");
    let brief = onceproof_sim::simulator::Simulator::new(&plan).brief(None);
    assert_eq!(brief.verdict, Verdict::ExactlyOnce);
}
