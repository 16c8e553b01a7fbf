//! Dedup by the greatest sequence number of each producer: it costs one row per producer, and is right as long as no request
//! overtakes another.

use onceproof::prelude::*;
use std::cell::Cell;

/// The greatest number of each producer.
const GREATEST: Table<u64> = Table::new("greatest");
/// Every number of each producer: a window that never ends.
const SEEN: Table<()> = Table::new("seen");
const PUT: Route<Put, ()> = Route::new("store", "put");

#[derive(Clone, Debug)]
struct Put {
    number: u64,
    record: Record,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum KnownBy {
    Greatest,
    EachNumber,
}

#[derive(Clone, Copy, Debug)]
struct Producer {
    /// How many requests may be under way at once.
    in_flight: u64,
    known_by: KnownBy,
}

impl Protocol for Producer {
    fn steps(&self) -> Vec<Step> {
        let producer = Step::process("producer").reads_queue();
        vec![producer, Step::process("store"), Step::result("entries")]
    }

    async fn run(&self, cx: Cx<'_>) {
        match cx.step() {
            "producer" => self.produce(cx).await,
            _ => self.store(cx).await,
        }
    }
}

impl Producer {
    async fn produce(&self, cx: Cx<'_>) {
        let under_way = Cell::new(0);
        cx.each(async |record| {
            cx.until(|| under_way.get() < self.in_flight).await;
            under_way.set(under_way.get() + 1);
            // The number is that of the record, so that it is the same after a crash.
            let put = Put { number: record.id, record };
            cx.send(PUT, record.of, put).await;
            under_way.set(under_way.get() - 1);
            cx.done(record.of).await;
        })
        .await;
    }

    async fn store(&self, cx: Cx<'_>) {
        cx.serve(PUT, async |Put { number, record }| {
            let is_greatest = |tx: &mut Tx| {
                tx.check(GREATEST, 0, move |greatest: Option<u64>| greatest < Some(number));
                tx.put(GREATEST, 0, number);
            };
            cx.commit_until_known(record.of, |tx| {
                match self.known_by {
                    KnownBy::Greatest => is_greatest(tx),
                    KnownBy::EachNumber => tx.insert(SEEN, number, ()),
                }
                tx.result("entries", record.key, record.of, record.value);
            })
            .await;
        })
        .await;
    }
}

/// A crash makes the queue hand records out in another order, so only the network is at fault here.
fn network() -> Faults {
    use KindName::*;
    Faults::only([DropRequest, DropAck, Duplicate, Delay, ErrorApplied, ErrorNotApplied])
}

fn check(in_flight: u64, known_by: KnownBy) -> Check {
    let producer = Producer { in_flight, known_by };
    Setup::of(producer).records([100, 250]).check().faults(network())
}

#[test]
fn a_request_that_is_overtaken_is_taken_for_one_that_is_known() {
    let lost = check(3, KnownBy::Greatest).expect(Class::Lost);
    assert_eq!(lost.faults().len(), 1, "{lost}");
}

#[test]
fn with_one_request_in_flight_none_is_overtaken() {
    check(1, KnownBy::Greatest).exhaust(2);
}

#[test]
fn with_each_number_known_any_may_be_overtaken() {
    check(3, KnownBy::EachNumber).faults(Faults::all()).exhaust(2);
}
