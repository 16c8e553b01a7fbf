//! Faults, drawn and exact.

use super::*;

#[test]
fn odds_are_read_from_their_letters() {
    let odds = |odds: &str| {
        let scenario = read(&with(&format!("[faults]\ndrop-ack = {odds}")));
        let odds = scenario.trial.plan.climate.odds[0].1;
        (odds.numerator, odds.denominator)
    };
    assert_eq!(odds("\"1/20\""), (1, 20));
    assert_eq!(odds("0.1"), (1, 10));
    assert_eq!(odds("0.000_1"), (1, 10_000));
    assert_eq!(odds("0.3000000000000000001e0".replace("1e0", "").as_str()), (3, 10));
    assert_eq!(odds("0.123456789012345678"), (61_728_394_506_172_839, 500_000_000_000_000_000));
    assert_eq!(odds("0"), (0, 1));
    assert_eq!(odds("1"), (1, 1));
    assert_eq!(odds("{ odds = 1e-3 }"), (1, 1000));
    let check = |value: &str, title, beside| {
        refused(&with(&format!("[faults]\ndrop-ack = {value}")), title, value, beside);
    };
    check("\"1.5\"", "odds above 1", "\"1/20\"");
    check("2", "odds above 1", "");
    check("-0.5", "negative odds", "");
    check("\"often\"", "`often` is not a number", "odds are a fraction");
    check("nan", "`nan` is not a number", "");
    let by = with("[faults]\ndrop-ack = { by = \"1s\" }");
    refused(&by, "unknown key `by`", "by =", "there is only `odds`");
}

#[test]
fn a_drawn_fault_has_one_of_several_parameters() {
    use onceproof_sim::fault::{Kind, Leg};
    let faults = "[faults]\ndelay = { odds = 0.5, by = [\"35ms\", \"1s\"], leg = \"ack\" }\n\
        crash = { odds = 0.1, restart = [\"0s\"] }\nuser-differs = { odds = 0.1, answer = [3, 1, 5] }";
    let climate = read(&with(faults)).trial.plan.climate;
    let delay = |by| Kind::Delay { by, leg: Leg::Ack };
    let differs = |answer| Kind::UserDiffers { answer };
    let first: Vec<Kind> = climate.odds.iter().map(|(kind, _)| *kind).collect();
    assert_eq!(first, [delay(35_000_000), Kind::Crash { restart: 0 }, differs(3)]);
    assert_eq!(climate.others, [delay(1_000_000_000), differs(1), differs(5)]);
    let check = |table: &str, title, at| {
        refused(&with(&format!("[faults]\n{table}")), title, at, "");
    };
    check("delay = { odds = 0.1, by = [] }", "an empty list", "[]");
    let twice = "it is in the list already";
    check("pause = { odds = 0.1, for = [\"1s\", \"1000ms\"] }", twice, "\"1000ms\"");
    let nothing = "a clock step by nothing does nothing";
    check("clock-step = { odds = 0.1, back = [\"1s\", \"0s\"] }", nothing, "\"0s\"");
    let exact = "[[fault]]\nat = { step = \"per-user\", record = \"events/0#0\", before = \"admit\" }\n\
        do = { crash = { restart = [\"1s\", \"2s\"] } }";
    let beside = "a list is for `[faults]`";
    refused(&with(exact), "an exact fault has one parameter", "{ crash", beside);
}

impl Scenario {
    fn kinds(&self) -> Vec<onceproof_sim::fault::Kind> {
        self.trial.plan.climate.odds.iter().map(|(kind, _)| *kind).collect()
    }
}

#[test]
fn drawn_faults_take_parameters_and_do_something() {
    use onceproof_sim::fault::{Direction, Kind, Leg};
    let faults = "[faults]\nduplicate = { odds = 0.5, leg = \"ack\" }\n\
        delay = { odds = \"1/2\", by = \"3ms\" }\n\
        partition = { odds = 1, for = \"2s\", direction = \"forward\" }\n\
        crash = { odds = 0.1, restart = \"0s\" }\ncommit-delayed = 0.1\n\
        user-differs = { odds = 0.1, answer = 3 }\nuser-fails = 0.1";
    assert_eq!(
        read(&with(faults)).kinds(),
        [
            Kind::Duplicate { leg: Leg::Ack },
            Kind::Delay { by: 3_000_000, leg: Leg::Request },
            Kind::Partition { lasts: 2_000_000_000, direction: Direction::Forward },
            Kind::Crash { restart: 0 },
            Kind::CommitDelayed { by: 100_000_000 },
            Kind::UserDiffers { answer: 3 },
            Kind::UserFails,
        ]
    );
    let check = |text: &str, title, at, beside| refused(&with(text), title, at, beside);
    let nothing = "a delay by nothing does nothing";
    check("[faults]\ndelay = { odds = 0.1, by = \"0s\" }", nothing, "\"0s\"", "");
    check("[faults]\ncommit-delayed = { odds = 0.1, by = \"0s\" }", nothing, "\"0s\"", "");
    let nothing = "a partition for no time does nothing";
    check("[faults]\npartition = { odds = 0.1, for = \"0s\" }", nothing, "\"0s\"", "");
    check("[faults]\ncrash = { restart = \"1s\" }", "`crash` has no odds", "{ restart", "");
    let nothing = "the first answer again is no other answer";
    check("[faults]\nuser-differs = { odds = 0.1, answer = 0 }", nothing, "0 }", "");
    let nothing = "`user-differs` can do nothing here";
    let beside = "answer 4 of 2 is the first one again";
    check("[faults]\nuser-differs = { odds = 0.1, answer = 4 }", nothing, "user-differs", beside);
    let plain = format!("{HEAD}{INPUT}{SOURCE}{COUNT}[faults]\n");
    let beside = "no function here is a coin, whose answer it could change";
    refused(&format!("{plain}user-differs = 0.1"), nothing, "user-differs", beside);
    let map = "[[step]]\nname = \"m\"\nkind = \"map\"\nfn = { clock = { every = \"1s\" } }\n";
    let clock = format!("{HEAD}{INPUT}{SOURCE}{map}{COUNT}[faults]\n");
    refused(&format!("{clock}user-differs = 0.1"), nothing, "user-differs", beside);
    let nothing = "`redeliver` can do nothing here";
    refused(
        &format!("{plain}redeliver = 0.1"),
        nothing,
        "redeliver",
        "no source reads a `queue` that",
    );
    let nothing = "`user-fails` can do nothing here";
    refused(&format!("{plain}user-fails = 0.1"), nothing, "user-fails", "there is no map");
    let nothing = "`move` can do nothing here";
    let alone = format!("{plain}move = 0.1\n[cluster]\nworkers = 1");
    refused(&alone, nothing, "move", "there is no other worker");
    let nothing = "`gone` can do nothing here";
    let works = "nobody does the work of a process that never comes back";
    refused(&format!("{plain}gone = 0.1"), nothing, "gone", works);
    let nothing = "a pause for no time does nothing";
    check("[faults]\npause = { odds = 0.1, for = \"0s\" }", nothing, "\"0s\"", "");
    let nothing = "a clock step by nothing does nothing";
    check("[faults]\nclock-step = { odds = 0.1, ahead = \"0s\" }", nothing, "\"0s\"", "");
    let both = "[faults]\nclock-step = { odds = 0.1, back = \"1s\", ahead = \"2s\" }";
    check(both, "a clock steps either back or ahead", "\"2s\"", "");
}

#[test]
fn exact_faults_have_places_that_they_can_have() {
    for (at, what) in [
        ("{ to = \"per-user\", record = \"events/0#1\", attempt = 1 }", "\"drop-ack\""),
        ("{ from = \"flip\", shard = 1, nth = 2 }", "{ delay = { by = \"1s\", leg = \"ack\" } }"),
        ("{ record = \"events/0#1.0\" }", "\"duplicate\""),
        ("{ to = \"per-user\", record = \"watermark@60s\" }", "\"drop-request\""),
        ("{ record = \"watermark@infinity\" }", "\"drop-request\""),
        (
            "{ from = \"flip\", to = \"per-user\", time = \"1s\" }",
            "{ partition = { for = \"1s\" } }",
        ),
        ("{ from = \"flip\", to = \"per-user\" }", "\"partition\""),
        ("{ step = \"per-user\", record = \"watermark\" }", "\"commit-lost\""),
        ("{ step = \"flip\", record = \"events/0#1\", attempt = 2 }", "\"user-differs\""),
        ("{ step = \"flip\" }", "\"user-fails\""),
        ("{ worker = 3, time = \"1s\" }", "{ crash = { restart = \"1s\" } }"),
        ("{ before = \"settle\", step = \"flip\" }", "\"crash\""),
        ("{ worker = 3, time = \"1s\" }", "{ pause = { for = \"1s\" } }"),
        ("{ before = \"commit\", step = \"flip\" }", "\"pause\""),
        ("{ step = \"per-user\", shard = 1, time = \"1s\" }", "\"move\""),
        ("{ before = \"ack\", step = \"per-user\" }", "\"move\""),
        ("{ worker = 3, time = \"1s\" }", "{ clock-step = { ahead = \"1h\" } }"),
        ("{ before = \"send\", step = \"flip\" }", "\"clock-step\""),
        ("{ before = \"emit\", record = \"per-user/a@b#c/d@60s#0\" }", "\"crash\""),
        ("{ before = \"emit\", record = \"per-user/ann@-60s#1\" }", "\"crash\""),
    ] {
        let scenario = read(&fault(at, what));
        assert_eq!(scenario.trial.plan.faults.len(), 1);
        let written = scenario.fault_to_toml(&scenario.trial.plan.faults[0]);
        let again = read(&fault(&written.at, &written.what));
        assert_eq!(again.trial.plan.faults, scenario.trial.plan.faults, "{at}");
    }
}

/// A list was once read as the keys of a table in their order: `[1, 1]` as two kinds that always strike.
#[test]
fn a_list_is_no_table_of_kinds_or_of_parameters() {
    let table = "expected a table";
    for list in ["[]", "[1, 1]", "[\"1/2\"]"] {
        refused(&format!("{HEAD}faults = {list}\n{INPUT}{SOURCE}"), table, list, "this is a list");
    }
    let exact = |what| with(&format!("[[fault]]\nat = {{ to = \"per-user\" }}\ndo = {what}"));
    for list in ["[]", "[1]", "[\"1s\"]"] {
        let check = |word: &str, title, such_as| {
            refused(&exact(format!("{{ {word} = {list} }}")), title, list, such_as);
        };
        let title = "`delay` takes a table of parameters";
        check("delay", title, "such as `delay = { by = \"1s\" }`");
        check("drop-ack", "`drop-ack` has no parameters", "write `\"drop-ack\"` alone");
    }
    let list = with("[faults]\ncrash = [\"1/2\"]");
    refused(&list, "expected odds such as \"1/20\"", "[\"1/2\"]", "this is a list");
}

/// What is read from `[faults]` has its place as what is read from `[[fault]]`.
#[test]
fn what_is_wrong_with_odds_is_told_at_the_whole_value_of_its_kind() {
    let given = "{ for = \"1s\", direction = \"both\" }";
    let text = with(&format!("[faults]\npartition = {given}"));
    refused(&text, "`partition` has no odds", given, "such as `odds = \"1/20\"`");
    refused(&with("[faults]\nmove = \"3/2\""), "odds above 1", "\"3/2\"", "");
}

#[test]
fn only_one_of_several_members_of_a_group_may_be_gone() {
    let plain = HEAD.to_owned() + "strategy = \"transactions\"\n" + INPUT + SOURCE + COUNT;
    let gone = |at: &str| format!("[[fault]]\nat = {{ {at} }}\ndo = \"gone\"\n");
    let check = |rest: &str, title, at, beside| {
        refused(&format!("{plain}{rest}"), title, at, beside);
    };
    let first = gone("process = \"client/0\", before = \"end\"");
    let second = gone("worker = 6, time = \"1s\"");
    parse(&format!("{plain}{first}[faults]\ngone = 0.1\n")).expect("a member");
    // events/0, txn, group and two clients: each has a worker of its own.
    let places = [3, 4].map(|worker| gone(&format!("worker = {worker}, time = \"1s\"")));
    for at in places {
        parse(&format!("{plain}{at}")).expect("a member");
    }
    let no_member = "it is no member of a group, so nobody does its work";
    let group = gone("process = \"group\", before = \"append\"");
    check(&group, "there is never `append` at `group`", "\"append\"", no_member);
    let anyone = gone("before = \"log\"");
    check(&anyone, "there is never `log` in this pipeline", "\"log\"", "");
    check(&second, "worker 6 may not be gone for good", "6", no_member);
    let two = "one may be, since somebody must be left";
    let other = gone("process = \"client/1\", before = \"join\"");
    check(&format!("{first}{other}"), "two processes are gone", "\"gone\"", two);
    let nothing = "`gone` can do nothing here";
    let alone = format!("[transactions]\nclients = 1\n{first}");
    check(&alone, nothing, "\"gone\"", "nobody does the work");
    check(&format!("{first}[cluster]\nworkers = 1\n"), nothing, "\"gone\"", "no other worker");
}
