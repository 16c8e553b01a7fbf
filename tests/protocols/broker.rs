//! A broker with two shards, each with a log of its own, and a producer that reads the input and numbers what it sends.

use onceproof::protocol::*;

const ENTRIES: Log<Record> = Log::new("entries");
const APPEND: Route<Append, u64> = Route::new("broker", "append");

#[derive(Clone, Debug)]
struct Append {
    by: Producer,
    sequence: u64,
    record: Record,
}

#[derive(Clone, Copy, Debug)]
pub struct Broker {
    pub knows_producers: bool,
    /// Each start of the producer is a new one to the broker, from whose epoch on older ones are shut out.
    pub begins_anew: bool,
}

impl Protocol for Broker {
    fn steps(&self) -> Vec<Step> {
        let producer = Step::process("producer").reads_log();
        vec![producer, Step::process("broker").shards(2), Step::result("read")]
    }

    async fn run(&self, cx: Cx<'_>) {
        match cx.step() {
            "producer" => self.produce(cx).await,
            _ => self.store(cx).await,
        }
    }
}

impl Broker {
    /// The record with number `n` of a key has the sequence number `n`, in every life.
    async fn produce(&self, cx: Cx<'_>) {
        let (mut sequences, mut position) = ([0, 0], 0);
        let epoch = if self.begins_anew { cx.now() } else { 0 };
        while position < 3 {
            cx.until(|| cx.log(position).is_some()).await;
            let record = cx.log(position).expect("it is there");
            let sequence = &mut sequences[record.key as usize];
            let by = Producer { id: record.key, epoch };
            let append = Append { by, sequence: *sequence, record };
            cx.send(APPEND.at(record.key), record.of, append).await;
            *sequence += 1;
            position += 1;
        }
    }

    async fn store(&self, cx: Cx<'_>) {
        cx.serve(APPEND, async |Append { by, sequence, record }| {
            assert_eq!(u64::from(cx.number()), record.key, "a key has one shard");
            cx.commit_until_known(record.of, |tx| {
                match self.knows_producers {
                    true => tx.append_as(ENTRIES, by, sequence, record),
                    false => tx.append(ENTRIES, record),
                }
                tx.result("read", record.key, record.of, record.value);
            })
            .await;
            // Each shard has entries of its own keys alone.
            let all = (0..cx.end(ENTRIES)).map(|at| cx.entry(ENTRIES, at).expect("it is there"));
            assert!(all.into_iter().all(|entry| entry.key == record.key));
            cx.produced(ENTRIES, by.id).map_or(0, |last| last.sequence)
        })
        .await;
    }
}
