//! An order service with an outbox, a relay, and a bank with an inbox.

use onceproof::protocol::*;

const ORDERS: Table<Order> = Table::new("orders");
const OUTBOX: Table<Order> = Table::new("outbox");
const INBOX: Table<()> = Table::new("inbox");
const PAY: Route<Order, ()> = Route::new("bank", "pay");

#[derive(Clone, Debug)]
struct Order {
    id: u64,
    account: u64,
    cents: i64,
    of: Tag,
}

#[derive(Clone, Copy, Debug)]
pub struct Shop {
    pub has_inbox: bool,
    pub acks_first: bool,
    pub relays_at_boot: bool,
}

pub const RIGHT: Shop = Shop { has_inbox: true, acks_first: false, relays_at_boot: true };

impl Protocol for Shop {
    fn steps(&self) -> Vec<Step> {
        let shop = Step::process("shop").reads_queue();
        vec![shop, Step::process("bank"), Step::result("balance")]
    }

    fn wrong(&self) -> Vec<(&'static str, Shop)> {
        vec![
            ("no inbox", Shop { has_inbox: false, ..RIGHT }),
            ("the ack before the commit", Shop { acks_first: true, ..RIGHT }),
            ("no relay at the start", Shop { relays_at_boot: false, ..RIGHT }),
        ]
    }

    async fn run(&self, cx: Cx<'_>) {
        match cx.step() {
            "shop" => self.shop(cx).await,
            _ => self.bank(cx).await,
        }
    }
}

impl Shop {
    async fn shop(&self, cx: Cx<'_>) {
        let left = if self.relays_at_boot { cx.rows(OUTBOX) } else { Vec::new() };
        let relay_rest = cx.all(left, async |(_, order)| relay(order, cx).await);
        let take_orders = cx.each(async |Record { id, of, key, value }| {
            let order = Order { id, account: key, cents: value, of };
            if self.acks_first {
                cx.done(of).await;
            }
            let book = |tx: &mut Tx| {
                tx.insert(ORDERS, id, order.clone());
                tx.put(OUTBOX, id, order.clone());
            };
            cx.commit_until_known(of, book).await;
            cx.done(of).await;
            if let Some(order) = cx.get(OUTBOX, id) {
                relay(order, cx).await;
            }
        });
        cx.both(relay_rest, take_orders).await;
    }

    async fn bank(&self, cx: Cx<'_>) {
        cx.serve(PAY, async |order| {
            let pay = |tx: &mut Tx| {
                if self.has_inbox {
                    tx.insert(INBOX, order.id, ());
                }
                tx.result("balance", order.account, order.of, order.cents);
            };
            cx.commit_until_known(order.of, pay).await;
        })
        .await;
    }
}

async fn relay(order: Order, cx: Cx<'_>) {
    cx.send(PAY, order.of, order.clone()).await;
    cx.commit_until_known(order.of, |tx| tx.delete(OUTBOX, order.id)).await;
}
