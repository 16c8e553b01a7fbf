//! Revenue per user: a function that asks a service for prices, and an e-mail for each order.

use onceproof::pipeline::{Strategy, Written};
use onceproof::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, Clone, Debug)]
struct Order {
    user: u32,
    currency: String,
    amount: i64,
}

#[derive(Serialize, Deserialize, Clone, Debug)]
struct Priced {
    user: u32,
    cents: i64,
}

fn orders() -> impl Iterator<Item = Order> {
    let currency = |number: u32| if number % 2 == 0 { "eur" } else { "yen" }.to_owned();
    let amount = |number: u32| 100 + i64::from(number);
    (0..12).map(move |number| Order {
        user: number % 3,
        currency: currency(number),
        amount: amount(number),
    })
}

/// What the order comes to at a rate, which may be another one when it is asked for again.
fn price(order: &Order) -> impl Fn(u64) -> Priced {
    let Order { user, amount, .. } = *order;
    move |rate| Priced { user, cents: amount * (1 + rate as i64 % 7) }
}

fn revenue() -> Pipeline<Written> {
    Pipeline::source("orders", orders())
        .map("price", |order: Order, cx| cx.lookup("rates", &order.currency, price(&order)))
        .sum("per-user", |order: &Priced| order.user, |order| order.cents)
        .window(minutes(1))
        .sink("table", upsert())
}

#[test]
fn revenue_per_user_survives_lost_acks_and_crashes() {
    revenue()
        .check()
        .wrong("no ids are kept", revenue().mechanism("dedup", "off").trial())
        .seeds(0..1_000)
        .exactly_once();
}

#[test]
fn with_acks_alone_an_order_is_counted_twice() {
    let twice = revenue().strategy(Strategy::AtLeastOnce).check().expect(Class::Duplicated);
    assert_eq!(twice.faults().len(), 1, "{twice}");
}

/// Each order is followed by an e-mail, which nobody can take back.
fn mailed() -> Pipeline<Written> {
    Pipeline::source("orders", orders())
        .call("mail", ExternalCall::Append)
        .count("per-user", |order: &Order| order.user)
        .window(minutes(1))
        .sink("table", upsert())
        .setting("expect.side-effects.at-most", 1)
}

#[test]
fn an_order_is_counted_once_and_its_e_mail_may_be_sent_twice() {
    let mailed = mailed().check().expect(Class::Repeated);
    assert_eq!(mailed.faults().len(), 1, "{mailed}");
}
