use super::*;
use serde::Deserialize;

#[derive(Deserialize, PartialEq, Debug)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
enum Word {
    Alone,
    Of(u32),
}

#[derive(Deserialize, PartialEq, Debug, Default)]
#[serde(deny_unknown_fields, default)]
struct Parts {
    number: u64,
    words: Vec<Word>,
    placed: Option<((usize, usize), String)>,
    parts: Option<Box<Parts>>,
}

fn parts(text: &str) -> Result<Parts, Unreadable> {
    let table = DeTable::parse(text).expect("TOML");
    Parts::deserialize(Node::File(&table))
}

#[test]
fn what_is_written_is_read_with_its_place() {
    let all =
        "number = 0x10\nwords = [\"alone\", { of = 3 }, { alone = {} }]\nplaced = 'a'\nparts = {}";
    let at = all.find("'a'").expect("it is there");
    let words = vec![Word::Alone, Word::Of(3), Word::Alone];
    let placed = Some(((at, at + 3), "a".to_owned()));
    let parts_of = Some(Box::default());
    let read = Parts { number: 16, words, placed, parts: parts_of };
    assert_eq!(parts(all), Ok(read));
}

#[test]
fn what_is_wrong_is_told_at_the_smallest_part_that_has_it() {
    let check = |text: &str, message: &str, at: &str| {
        let error = parts(text).expect_err(text);
        let at_place = error.span.clone().and_then(|span| text.get(span));
        assert_eq!((error.message.as_str(), at_place), (message, Some(at)), "{text}");
    };
    check("number = 'a'", "invalid type: string \"a\", expected u64", "'a'");
    check("number = -1", "invalid value: integer `-1`, expected u64", "-1");
    check("number = 1979-05-27", "invalid type: map, expected u64", "1979-05-27");
    let wide = "9".repeat(60);
    check(&format!("number = {wide}"), TOO_LARGE, &wide);
    check("number = 1e999", TOO_LARGE_FLOAT, "1e999");
    check("parts = [1]", "invalid type: sequence, expected struct Parts", "[1]");
    check(
        "parts = { none = 1 }",
        "unknown field `none`, expected one of `number`, `words`, `placed`, `parts`",
        "none",
    );
    check("words = ['of']", "invalid type: unit variant, expected newtype variant", "'of'");
    check("words = ['alone', { of = 'a' }]", "invalid type: string \"a\", expected u32", "'a'");
    check("words = [{ alone = 1 }]", "a name that stands alone", "1");
    check("words = [{ alone = {}, of = 1 }]", NOT_ONE_KEY, "{ alone = {}, of = 1 }");
    check("words = [1]", NO_CHOICE, "1");
}
