//! Queue, database, ack: a consumer that keeps the ids it has seen for a window of time.

use onceproof::protocol::*;

const SEEN: Table<Millis> = Table::new("seen");

#[derive(Clone, Copy, Debug)]
pub struct Consumer {
    pub window: Millis,
    pub acks_first: bool,
}

impl Protocol for Consumer {
    fn steps(&self) -> Vec<Step> {
        vec![Step::process("consumer").reads_queue(), Step::result("counts")]
    }

    async fn run(&self, cx: Cx<'_>) {
        loop {
            let Record { id, of, key, value } = cx.recv().await;
            if self.acks_first {
                cx.done(of).await;
            }
            let count = |tx: &mut Tx| {
                for (old, seen) in cx.rows(SEEN) {
                    if seen + self.window < cx.now() {
                        tx.delete(SEEN, old);
                    }
                }
                tx.insert(SEEN, id, cx.now());
                tx.result("counts", key, of, value);
            };
            cx.commit_until_known(of, count).await;
            cx.done(of).await;
        }
    }
}
