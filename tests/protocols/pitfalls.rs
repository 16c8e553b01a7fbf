//! What async code can do wrong, and what each looks like here.

use onceproof::protocol::*;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};

const NOTES: Table<String> = Table::new("notes");

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Odd {
    /// In the order of a map whose order differs from run to run.
    HashOrder,
    /// By a counter that outlives the process.
    StaticCounter,
    /// A commit that loses a race against a clock: it is applied all the same.
    Race,
    /// A guard that would write in its destructor, if it could.
    Guard,
    /// Waits for what no world answers.
    Foreign,
    /// Calls what nobody serves: after a while nobody knows.
    Call,
    /// Two bodies that meet in memory, without an effect.
    Meeting,
    /// A borrow that is held over an await, by two handlers.
    Borrow,
    /// A sleeper that never ends, beside what is done.
    Heartbeat,
    /// The same, and every record is acked and forgotten.
    HeartbeatAlone,
    /// Takes records, and never says that they are done.
    NeverDone,
    /// Changes a row for ever.
    RenewsForEver,
    /// Sends to a step that there is not.
    NoSuchStep,
    /// Puts a record into a result that there is not.
    NoSuchResult,
    /// Puts into a result what is of no record.
    OfNoRecord,
    /// Uses one name for two tables of different types.
    OtherType,
}

struct OnDrop<'w>(Cx<'w>);

impl Drop for OnDrop<'_> {
    fn drop(&mut self) {
        // Asked for only when awaited: never.
        drop(self.0.commit(Tag::NONE, |tx| tx.put(NOTES, 7, "dropped".to_owned())));
    }
}

static LIVES: AtomicU64 = AtomicU64::new(0);

impl Protocol for Odd {
    fn steps(&self) -> Vec<Step> {
        vec![Step::process("odd").reads_queue(), Step::process("idle"), Step::result("counts")]
    }

    async fn run(&self, cx: Cx<'_>) {
        if cx.step() == "idle" {
            return;
        }
        let memory = RefCell::new(BTreeMap::new());
        let _guard = (*self == Odd::Guard).then(|| OnDrop(cx));
        let count = async |r: Record, note: String| {
            let count = |tx: &mut Tx| {
                tx.insert(NOTES, 100 + r.id, note.clone());
                tx.result("counts", r.key, r.of, r.value);
            };
            cx.commit_until_known(r.of, count).await;
            cx.done(r.of).await;
        };
        match self {
            Odd::HashOrder => loop {
                #[expect(clippy::disallowed_types, reason = "it is what is to be found")]
                let mut memory = std::collections::HashMap::new();
                while memory.len() < 3 {
                    let record = cx.recv().await;
                    memory.insert(record.id, record);
                }
                for (_, record) in memory {
                    count(record, String::new()).await;
                }
            },
            Odd::StaticCounter => {
                let is_odd = LIVES.fetch_add(1, Ordering::Relaxed) % 2 == 1;
                cx.each(async |r| {
                    if is_odd {
                        let _ = cx.commit(Tag::NONE, |tx| tx.put(NOTES, 1, String::new())).await;
                    }
                    count(r, String::new()).await;
                })
                .await;
            }
            Odd::Race | Odd::Guard => {
                cx.each(async |r| {
                    cx.first(count(r, String::new()), cx.sleep(1)).await;
                    while cx.get(NOTES, 100 + r.id).is_none() {
                        cx.sleep(200).await;
                    }
                    cx.done(r.of).await;
                })
                .await;
            }
            Odd::Foreign => std::future::pending::<()>().await,
            Odd::Call => {
                let route = Route::<(), ()>::new("idle", "unserved");
                assert_eq!(cx.call(route, Tag::NONE, ()).await, None);
                cx.each(async |r| count(r, String::new()).await).await;
            }
            Odd::Meeting => {
                let teller = cx.each(async |r| {
                    count(r, String::new()).await;
                    memory.borrow_mut().insert(r.id, r);
                });
                let listener = async {
                    cx.until(|| memory.borrow().len() == 3).await;
                    let _ = cx.commit(Tag::NONE, |tx| tx.put(NOTES, 1, "all".to_owned())).await;
                };
                cx.both(listener, teller).await;
            }
            #[expect(clippy::await_holding_refcell_ref, reason = "it is what is to be found")]
            Odd::Borrow => {
                cx.each(async |r| {
                    let mut memory = memory.borrow_mut();
                    count(r, String::new()).await;
                    memory.insert(r.id, r);
                })
                .await;
            }
            Odd::Heartbeat | Odd::HeartbeatAlone | Odd::RenewsForEver => {
                let beat = async {
                    loop {
                        cx.sleep(1_000).await;
                        if *self == Odd::RenewsForEver {
                            let _ =
                                cx.commit(Tag::NONE, |tx| tx.put(NOTES, 2, String::new())).await;
                        }
                    }
                };
                let take = cx.each(async |r| match self {
                    Odd::HeartbeatAlone => cx.done(r.of).await,
                    _ => count(r, String::new()).await,
                });
                cx.both(beat, take).await;
            }
            Odd::NoSuchStep => {
                cx.send(Route::<(), ()>::new("nobody", "at-all"), Tag::NONE, ()).await;
            }
            Odd::NoSuchResult => {
                let _ = cx.commit(Tag::NONE, |tx| tx.result("sums", 0, Tag::NONE, 1)).await;
            }
            Odd::OfNoRecord => {
                let _ = cx.commit(Tag::NONE, |tx| tx.result("counts", 0, Tag::NONE, 1)).await;
            }
            Odd::OtherType => {
                let _ = cx.commit(Tag::NONE, |tx| tx.put(NOTES, 1, String::new())).await;
                let numbers = Table::<u64>::new("notes");
                let _ = cx.commit(Tag::NONE, |tx| tx.is(numbers, 1, None)).await;
            }
            Odd::NeverDone => {
                cx.each(async |r| {
                    let count = |tx: &mut Tx| {
                        tx.insert(NOTES, 100 + r.id, String::new());
                        tx.result("counts", r.key, r.of, r.value);
                    };
                    cx.commit_until_known(r.of, count).await;
                })
                .await;
            }
        }
    }
}
