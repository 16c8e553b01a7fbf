//! The scenarios of the canaries, in parts.

pub const ONE: &str = r#"{ key = "ann", at = "0s" }"#;
pub const TWO: &str = r#"{ key = "ann", at = "0s" }, { key = "ann", at = "0s" }"#;
/// Under a bound of 5 s the watermark is 25 s after bob, and ann's window [0 s, 10 s) fires. Then comes
/// ann of 8 s, which a lateness of 20 s still takes, since 10 s + 20 s is after 25 s.
pub const LATE: &str = r#"{ key = "ann", at = "0s" }, { key = "bob", at = "30s" },
    { key = "ann", at = "30010ms", event-time = "8s" }"#;

pub const MINUTE: &str = r#"
[[step]]
name = "events"
kind = "source"
[[step]]
name = "per-user"
kind = "count"
window = "1m"
"#;
pub const MINUTE_WITH_NEXT: &str = r#"
[mechanism]
settle = "with-next"
[[step]]
name = "events"
kind = "source"
[[step]]
name = "per-user"
kind = "count"
window = "1m"
"#;
pub const SPREAD_WITH_NEXT: &str = r#"
[mechanism]
settle = "with-next"
[[step]]
name = "events"
kind = "source"
[[step]]
name = "spread"
kind = "reshuffle"
[[step]]
name = "per-user"
kind = "count"
window = "1m"
"#;
pub const CHARGE_FENCED: &str = r#"
[[step]]
name = "events"
kind = "source"
[[step]]
name = "charge"
kind = "map"
fn = { call = { write = "put-fenced" } }
[[step]]
name = "per-user"
kind = "count"
window = "1m"
[mechanism]
retry = { timeout = "30ms", backoff = 1 }
"#;
pub const LAZY_FILTERS: &str = r#"
[[step]]
name = "events"
kind = "source"
[[step]]
name = "per-user"
kind = "count"
window = "1m"
mechanism = { dedup = { bloom = { rebuild = "lazy", threshold = 2 } } }
"#;
pub const PASS_THEN_MINUTE: &str = r#"
[[step]]
name = "events"
kind = "source"
[[step]]
name = "pass"
kind = "map"
fn = "identity"
[[step]]
name = "per-user"
kind = "count"
window = "1m"
"#;
pub const LATENESS: &str = r#"
[[step]]
name = "events"
kind = "source"
watermark = { bound = "5s" }
[[step]]
name = "per-user"
kind = "count"
window = "10s"
lateness = "20s"
"#;
pub const LATENESS_THEN_GLOBAL: &str = r#"
[[step]]
name = "events"
kind = "source"
watermark = { bound = "5s" }
[[step]]
name = "per-user"
kind = "count"
window = "10s"
lateness = "20s"
[[step]]
name = "global"
kind = "count-globally"
window = "10s"
"#;
pub const THEN_GLOBAL: &str = r#"
[[step]]
name = "events"
kind = "source"
watermark = { bound = "15s" }
[[step]]
name = "per-user"
kind = "count"
window = "10s"
[[step]]
name = "global"
kind = "count-globally"
window = "10s"
"#;

pub const SLOW: &str = r#"
[network]
latency = { min = "483250us", max = "483250us" }
[[step]]
name = "events"
kind = "source"
[[step]]
name = "per-user"
kind = "count"
window = "1m"
"#;
pub const RECOMPUTE: &str = r#"
[mechanism]
outputs = "recompute"
[[step]]
name = "events"
kind = "source"
[[step]]
name = "per-user"
kind = "count"
window = "1m"
"#;
pub const TWO_TRIES: &str = r#"
[[step]]
name = "events"
kind = "source"
[[step]]
name = "parse"
kind = "map"
fn = "identity"
dead-letter = { after = 2 }
[[step]]
name = "per-user"
kind = "count"
window = "1m"
"#;

pub const DELAYED: &str = r#"
[[fault]]
at = { to = "per-user", record = "events/0#0", attempt = 1 }
do = "delay"
"#;
pub const FROM_A_QUEUE: &str = r#"
[[step]]
name = "events"
kind = "source"
queue = { deadline = "100s" }
[[step]]
name = "per-user"
kind = "count"
window = "1m"
"#;

pub const DOUBLED_REQUEST: &str = r#"
[[fault]]
at = { to = "per-user", record = "events/0#0", attempt = 1 }
do = "duplicate"
"#;
