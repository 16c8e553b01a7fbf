//! Protocols as a user writes them: those that are right hold under every schedule of so many faults, and each that leaves
//! something out is found.

mod consumer;
mod leader;
mod outbox;

use super::common::library::search;
use consumer::Consumer;
use leader::{Leader, Token};
use onceproof::protocol::{Protocol, Setup};
use onceproof_sim::fault::KindName;
use outbox::{RIGHT, Shop};

#[test]
fn trying() {
    fn run(name: &str, protocol: impl Protocol, kinds: &[KindName], most: u32) {
        let started = std::process::id();
        let _ = started;
        let trial = Setup::of(protocol).records([100, 250, 100]).trial().expect("steps");
        let brief = trial.simulator().brief(None);
        println!("{name}: {:?} {:?} events {}", brief.verdict, brief.classes, brief.work.events);
        let found = search(&trial, kinds, most);
        for level in &found.levels {
            println!("   {level:?}");
        }
        for cause in &found.causes {
            println!("   {:?} {:?}", cause.classes, cause.faults);
        }
    }
    use KindName::*;
    let all = [Crash, Pause, DropRequest, DropAck, Duplicate, Delay, ErrorApplied, ErrorNotApplied, CommitLost, CommitUnknown, CommitDelayed, Redeliver, ClockStep, Partition];
    run("outbox", RIGHT, &all, 2);
    run("no inbox", Shop { has_inbox: false, ..RIGHT }, &all, 1);
    run("acks first", Shop { acks_first: true, ..RIGHT }, &all, 1);
    run("no relay", Shop { relays_at_boot: false, ..RIGHT }, &all, 1);
    run("consumer", Consumer { window: 1000, acks_first: false }, &all, 2);
    run("consumer 20", Consumer { window: 20, acks_first: false }, &all, 1);
    run("leader", Leader { token: Token::FenceAndPosition, read_seals: true }, &all, 2);
    run("leader no token", Leader { token: Token::None, read_seals: true }, &all, 1);
    run("leader fence", Leader { token: Token::Fence, read_seals: true }, &all, 1);
    run("leader no seal", Leader { token: Token::FenceAndPosition, read_seals: false }, &all, 2);
}
