//! A consumer that takes records from a queue, counts them in a database, and acks: which order, which key, which window?

use onceproof::prelude::*;

const SEEN: Table<Millis> = Table::new("seen");
/// Longer than a record can be on its way: than any pause, any wait for an answer, any clock that jumps.
const WINDOW: Millis = 60_000;

#[derive(Clone, Copy, Debug)]
struct Consumer {
    acks_first: bool,
    /// By which number a record is known again: its own, or that of its delivery to this process.
    by_delivery: bool,
    window: Millis,
}

const CONSUMER: Consumer = Consumer { acks_first: false, by_delivery: false, window: WINDOW };

impl Protocol for Consumer {
    fn steps(&self) -> Vec<Step> {
        vec![Step::process("consumer").reads_queue(), Step::result("counts")]
    }

    async fn run(&self, cx: Cx<'_>) {
        let mut deliveries = 0;
        loop {
            let Record { id, of, key, value } = cx.recv().await;
            deliveries += 1;
            let known_by = if self.by_delivery { cx.now() * 1_000 + deliveries } else { id };
            if self.acks_first {
                cx.done(of).await;
            }
            let count = |tx: &mut Tx| {
                for (old, seen) in cx.rows(SEEN) {
                    if seen + self.window < cx.now() {
                        tx.delete(SEEN, old);
                    }
                }
                tx.insert(SEEN, known_by, cx.now());
                tx.result("counts", key, of, value);
            };
            cx.commit_until_known(of, count).await;
            cx.done(of).await;
        }
    }

    fn wrong(&self) -> Vec<(&'static str, Consumer)> {
        vec![
            ("the ack before the commit", Consumer { acks_first: true, ..CONSUMER }),
            ("known by its delivery", Consumer { by_delivery: true, ..CONSUMER }),
            ("a window of 20 ms", Consumer { window: 20, ..CONSUMER }),
        ]
    }
}

#[test]
fn every_record_is_counted_once() {
    Setup::of(CONSUMER).records([100, 250, 100]).check().exhaust(2);
}

#[test]
fn with_the_ack_before_the_commit_a_crash_loses_a_record() {
    let consumer = Consumer { acks_first: true, ..CONSUMER };
    let lost = Setup::of(consumer).records([100, 250, 100]).check().expect(Class::Lost);
    assert_eq!(lost.faults().len(), 1, "{lost}");
}
