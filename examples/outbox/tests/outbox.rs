//! An order service, a bank, and the way between them that counts each order once.

use onceproof::prelude::*;

const ORDERS: Table<Order> = Table::new("orders");
const OUTBOX: Table<Order> = Table::new("outbox");
const INBOX: Table<()> = Table::new("inbox");
const PAY: Route<Order, ()> = Route::new("bank", "pay");

#[derive(Clone, Debug)]
struct Order { id: u64, account: u64, cents: i64, of: Tag }

#[derive(Clone, Copy, Debug)]
struct Shop { has_inbox: bool, acks_first: bool, relays_at_boot: bool }
const SHOP: Shop = Shop { has_inbox: true, acks_first: false, relays_at_boot: true };

impl Protocol for Shop {
    fn steps(&self) -> Vec<Step> {
        vec![Step::process("shop").reads_queue(), Step::process("bank"), Step::result("balance")]
    }
    async fn run(&self, cx: Cx<'_>) {
        if cx.step() == "shop" { self.shop(cx).await } else { self.bank(cx).await }
    }
    fn wrong(&self) -> Vec<(&'static str, Shop)> {
        vec![
            ("no inbox", Shop { has_inbox: false, ..SHOP }),
            ("the ack before the commit", Shop { acks_first: true, ..SHOP }),
            ("no relay at the start", Shop { relays_at_boot: false, ..SHOP }),
        ]
    }
}

impl Shop {
    async fn shop(&self, cx: Cx<'_>) {
        let left = if self.relays_at_boot { cx.rows(OUTBOX) } else { Vec::new() };
        let relay_rest = cx.all(left, async |(_, order)| relay(order, cx).await);
        let take_orders = cx.each(async |Record { id, of, key, value }| {
            let order = Order { id, account: key, cents: value, of };
            if self.acks_first { cx.done(of).await; }
            cx.commit_until_known(of, |tx| {
                tx.insert(ORDERS, id, order.clone());
                tx.put(OUTBOX, id, order.clone());
            }).await;
            cx.done(of).await;
            if let Some(order) = cx.get(OUTBOX, id) { relay(order, cx).await; }
        });
        cx.both(relay_rest, take_orders).await;
    }
    async fn bank(&self, cx: Cx<'_>) {
        cx.serve(PAY, async |order| {
            cx.commit_until_known(order.of, |tx| {
                if self.has_inbox { tx.insert(INBOX, order.id, ()); }
                tx.result("balance", order.account, order.of, order.cents);
            }).await;
        }).await;
    }
}

async fn relay(order: Order, cx: Cx<'_>) {
    cx.send(PAY, order.of, order.clone()).await;
    cx.commit_until_known(order.of, |tx| tx.delete(OUTBOX, order.id)).await;
}

#[test]
fn every_order_is_paid_once() {
    Setup::of(SHOP).records([100, 250, 100]).check().exhaust(2);
}

#[test]
fn a_hundred_orders_are_paid_once() {
    Setup::of(SHOP).records((1..=100).map(|n| n * 7 % 50)).check().seeds(0..200).exactly_once();
}
