//! Two candidates, a lease, and a store outside that holds a running total of the log: read once, then overwritten.

use onceproof::prelude::*;

const LEASE: Table<Lease> = Table::new("lease");
const STORED: Table<Stored> = Table::new("stored");
const READ: Route<u64, Stored> = Route::new("store", "read");
const WRITE: Route<Stored, bool> = Route::new("store", "write");
const TTL: Millis = 60;
const FOR_EVER: Millis = Millis::MAX;

#[derive(Clone, Debug, PartialEq)]
struct Lease {
    fence: u64,
    until: Millis,
}

#[derive(Clone, Debug, Default, PartialEq)]
struct Stored {
    fence: u64,
    position: u64,
    total: Sum,
}

#[derive(Clone, Copy, Debug)]
enum Token {
    None,
    Fence,
    FenceAndPosition,
}

#[derive(Clone, Copy, Debug)]
struct Leader {
    token: Token,
    read_seals: bool,
}

impl Protocol for Leader {
    fn steps(&self) -> Vec<Step> {
        let candidates = Step::process("candidate").times(2).reads_log();
        vec![candidates, Step::outside("store"), Step::total("total")]
    }

    fn wrong(&self) -> Vec<(&'static str, Leader)> {
        vec![
            ("no token", Leader { token: Token::None, ..*self }),
            ("the fence alone", Leader { token: Token::Fence, ..*self }),
            ("reads that do not seal", Leader { read_seals: false, ..*self }),
        ]
    }

    async fn run(&self, cx: Cx<'_>) {
        match cx.step() {
            "candidate" => candidate(cx).await,
            _ => cx.both(self.serve_reads(cx), self.serve_writes(cx)).await,
        }
    }
}

async fn candidate(cx: Cx<'_>) {
    loop {
        let seen = cx.get(LEASE, 0);
        let Lease { fence, until } = seen.clone().unwrap_or(Lease { fence: 0, until: 0 });
        if until == FOR_EVER {
            return;
        }
        if cx.now() < until {
            cx.sleep(until - cx.now()).await;
            continue;
        }
        let mine = Lease { fence: fence + 1, until: cx.now() + TTL };
        if swap(seen, mine.clone(), cx).await == Applied {
            cx.first(lead(fence + 1, cx), keep(mine, cx)).await;
        }
    }
}

async fn swap(seen: Option<Lease>, lease: Lease, cx: Cx<'_>) -> Written {
    let swap = |tx: &mut Tx| {
        tx.is(LEASE, 0, seen);
        tx.put(LEASE, 0, lease);
    };
    cx.commit(Tag::NONE, swap).await
}

/// Until the lease is lost.
async fn keep(mut mine: Lease, cx: Cx<'_>) {
    loop {
        cx.sleep(TTL / 3).await;
        let longer = Lease { until: cx.now() + TTL, ..mine };
        if swap(Some(mine), longer.clone(), cx).await != Applied {
            return;
        }
        mine = longer;
    }
}

/// To the end of the log, unless the store refuses.
async fn lead(fence: u64, cx: Cx<'_>) {
    let Stored { mut position, mut total, .. } = cx.send(READ, Tag::NONE, fence).await;
    while let Some(record) = cx.log(position) {
        position += 1;
        total = total.plus(&record);
        let stored = Stored { fence, position, total: total.clone() };
        if !cx.send(WRITE, record.of, stored).await {
            return;
        }
    }
    loop {
        let own = cx.get(LEASE, 0).filter(|lease| lease.fence == fence);
        let over = Lease { fence, until: FOR_EVER };
        if swap(own, over, cx).await != Unknown {
            return;
        }
    }
}

impl Leader {
    /// What is read under a fence is not changed any more under an older one.
    async fn serve_reads(&self, cx: Cx<'_>) {
        cx.serve(READ, async |fence| {
            loop {
                let old = cx.get(STORED, 0);
                let mut sealed: Stored = old.clone().unwrap_or_default();
                if !self.read_seals {
                    return sealed;
                }
                sealed.fence = fence.max(sealed.fence);
                let seal = |tx: &mut Tx| {
                    tx.is(STORED, 0, old);
                    tx.put(STORED, 0, sealed.clone());
                };
                if cx.commit(Tag::NONE, seal).await == Applied {
                    return sealed;
                }
            }
        })
        .await;
    }

    async fn serve_writes(&self, cx: Cx<'_>) {
        let token = self.token;
        cx.serve(WRITE, async |new: Stored| {
            let (fence, position) = (new.fence, new.position);
            let write = |tx: &mut Tx| {
                tx.check(STORED, 0, move |old: Option<Stored>| {
                    let old = old.unwrap_or_default();
                    match token {
                        Token::None => true,
                        Token::Fence => old.fence <= fence,
                        Token::FenceAndPosition => (old.fence, old.position) <= (fence, position),
                    }
                });
                tx.total("total", 0, &new.total);
                tx.put(STORED, 0, new);
            };
            cx.commit(Tag::NONE, write).await == Applied
        })
        .await;
    }
}

const LEADER: Leader = Leader { token: Token::FenceAndPosition, read_seals: true };

#[test]
fn every_record_is_in_the_total_once_whoever_leads() {
    Setup::of(LEADER).records([100, 250, 100]).check().exhaust(2);
}

#[test]
fn without_a_token_a_leader_that_stood_still_writes_an_old_total_last() {
    let check = Setup::of(Leader { token: Token::None, ..LEADER }).records([100, 250, 100]).check();
    let lost = check.faults(Faults::only([KindName::Pause])).expect(Class::Lost);
    assert_eq!(lost.faults().len(), 1, "{lost}");
}

#[test]
fn with_the_fence_alone_a_late_write_of_the_same_leader_stands_last() {
    let check = Setup::of(Leader { token: Token::Fence, ..LEADER }).records([100, 250, 100]).check();
    let lost = check.faults(Faults::only([KindName::Delay])).expect(Class::Lost);
    assert_eq!(lost.faults().len(), 1, "{lost}");
}

#[test]
#[should_panic(expected = "violated, lost")]
fn a_read_that_does_not_seal_lets_an_older_leader_write_after_it() {
    let unsealed = Leader { read_seals: false, ..LEADER };
    let check = Setup::of(unsealed).records([100, 250, 100]).check();
    check.saved_in(std::env::temp_dir().join("onceproof-leader")).exhaust(2);
}
