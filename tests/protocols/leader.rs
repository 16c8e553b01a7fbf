//! Two candidates, a lease, and a store outside that holds a running total of the log: read once, then overwritten.

use onceproof::protocol::*;

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
pub enum Token {
    None,
    Fence,
    FenceAndPosition,
}

#[derive(Clone, Copy, Debug)]
pub struct Leader {
    pub token: Token,
    pub read_seals: bool,
}

impl Protocol for Leader {
    fn steps(&self) -> Vec<Step> {
        let candidates = Step::process("candidate").times(2).reads_log();
        vec![candidates, Step::outside("store"), Step::total("total")]
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
