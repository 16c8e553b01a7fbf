//! Pages as the command line makes them, and what holds for all of them.

use onceproof_pages::{Browser, DESK, PHONE};
use serde_json::Value;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

/// The root of the project.
fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the project")
}

/// Where pages are written, and with `PICTURES=1` pictures of them: `target/pages` of the project.
pub fn folder() -> PathBuf {
    let folder = root().join("target/pages");
    fs::create_dir_all(&folder).expect("a folder");
    folder
}

/// Where a command of this name runs, and saves failures.
fn work(name: &str) -> PathBuf {
    folder().join("work").join(name)
}

/// A page that a command makes where nothing was done before, by its arguments but for the one that names the page.
pub fn page(name: &str, flag: &str, arguments: &[&str]) -> PathBuf {
    let earlier =
        [fs::remove_dir_all(work(name)), fs::remove_file(folder().join(format!("{name}.html")))];
    for error in earlier.into_iter().filter_map(Result::err) {
        assert_eq!(error.kind(), ErrorKind::NotFound, "{name}: {error}");
    }
    page_again(name, flag, arguments)
}

/// The same where it was made before.
pub fn page_again(name: &str, flag: &str, arguments: &[&str]) -> PathBuf {
    let path = folder().join(format!("{name}.html"));
    let built = root().join("target/debug/onceproof");
    let program = env::var_os("ONCEPROOF").map_or(built, PathBuf::from);
    let work = work(name);
    fs::create_dir_all(&work).expect("a folder");
    let scenarios = root().join("scenarios");
    let arguments = arguments.iter().map(|argument| match argument.strip_prefix("scenarios/") {
        Some(file) => scenarios.join(file).into_os_string(),
        None => argument.into(),
    });
    let made =
        Command::new(&program).args(arguments).arg(flag).arg(&path).current_dir(work).output();
    let made = made.unwrap_or_else(|error| panic!("{}: {error}", program.display()));
    let complaint = String::from_utf8_lossy(&made.stderr);
    assert!(matches!(made.status.code(), Some(0 | 1)), "{complaint}");
    path
}

/// Opens a page, in light and in the dark, wide and narrow, and looks at it in each: nothing is said in the console,
/// nothing scrolls sideways, every text is read from what is behind it, and each button has a name.
pub fn look(browser: &mut Browser, path: &Path) {
    let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
    for (size, of) in [(DESK, "desk"), (PHONE, "phone")] {
        for (is_dark, colour) in [(false, "light"), (true, "dark")] {
            browser.resize(size);
            browser.set_dark(is_dark);
            browser.open(path);
            let shown = format!("{name}-{of}-{colour}");
            check(browser, &shown, is_dark);
            picture(browser, &shown);
            if takes_pictures() {
                browser.unroll(size);
                picture(browser, &format!("{shown}-whole"));
            }
        }
    }
    browser.set_dark(false);
    browser.resize(DESK);
    browser.open(path);
}

/// Whether pictures are taken, for someone to look at: no test does, and to take them adds a fifth to the time.
fn takes_pictures() -> bool {
    env::var_os("PICTURES").is_some()
}

/// What a page costs until all of it is there, in counts that are the same on every machine: a time of the clock failed
/// once where two other browsers were at work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cost {
    /// How many blocks of its scripts were run.
    pub steps: u64,
    /// How many elements it has.
    pub elements: u64,
}

/// What a page costs that is opened, and in which something is done after that.
pub fn cost(path: &Path, and_then: &str) -> Cost {
    let mut browser = Browser::start();
    browser.count_steps();
    browser.open(path);
    browser.run(and_then);
    let steps = browser.steps();
    let elements = browser.run("return document.querySelectorAll('*').length;");
    Cost { steps, elements: elements.as_u64().expect("a number") }
}

/// Takes a picture of this name, if any are taken.
pub fn picture(browser: &mut Browser, name: &str) {
    if takes_pictures() {
        browser.picture(&folder().join(format!("{name}.png")));
    }
}

/// What holds for a page as it is shown now.
#[track_caller]
pub fn check(browser: &mut Browser, shown: &str, is_dark: bool) {
    assert_eq!(problems(browser, is_dark), [""; 0], "{shown}");
}

/// What is wrong with a page as it is shown now.
pub fn problems(browser: &mut Browser, is_dark: bool) -> Vec<String> {
    let mut problems: Vec<String> =
        browser.console().into_iter().map(|said| format!("console: {said}")).collect();
    for (what, body) in [
        ("it scrolls sideways", SIDEWAYS),
        ("a text is cut off", CUT),
        ("a text is hard to read", FAINT),
        ("something has no name", NAMELESS),
        ("something is asked for", ASKED_FOR),
    ] {
        let found = browser.run(body);
        if found != Value::Array(Vec::new()) {
            problems.push(format!("{what}: {found}"));
        }
    }
    let paper = browser.run("return getComputedStyle(document.body).backgroundColor;");
    let expected = if is_dark { "rgb(21, 23, 26)" } else { "rgb(253, 252, 250)" };
    if paper != expected {
        problems.push(format!("its paper is {paper}"));
    }
    problems
}

/// What is wider than the page, if the page scrolls sideways.
const SIDEWAYS: &str = r#"
const all = document.documentElement;
if (all.scrollWidth <= all.clientWidth) return [];
const over = [...document.querySelectorAll("body *")].filter((one) => one.getBoundingClientRect().right > all.clientWidth + 1);
return [`${all.scrollWidth} of ${all.clientWidth}`, ...over.slice(0, 5).map((one) => `${one.tagName}.${one.className} ${one.textContent.slice(0, 40)}`)];
"#;

/// Texts of pictures that are not whole on the page.
const CUT: &str = r#"
const wide = document.documentElement.clientWidth;
const cut = [...document.querySelectorAll("svg text")].filter((one) => {
  const { left, right } = one.getBoundingClientRect();
  return left < -1 || right > wide + 1;
});
return cut.slice(0, 5).map((one) => one.textContent);
"#;

/// What can be used or read, and has no name for those who do not see it.
const NAMELESS: &str = r#"
const all = [...document.querySelectorAll("button, input, summary, table, dialog, a, section")];
const name = (one) => one.getAttribute("aria-label") || one.getAttribute("aria-labelledby") || one.textContent.trim();
return all.filter((one) => one.checkVisibility() && !name(one)).map((one) => one.outerHTML.slice(0, 80));
"#;

/// What the page has loaded beside itself.
const ASKED_FOR: &str = "return performance.getEntriesByType('resource').map((one) => one.name);";

/// The texts whose contrast with what is behind them is below 4.5 to 1.
const FAINT: &str = r#"
const parse = (text) => {
  const of = text.match(/-?[\d.]+(e-?\d+)?/g).map(Number);
  const [r, g, b, a = 1] = text.startsWith("color(srgb") ? [of[0] * 255, of[1] * 255, of[2] * 255, of[3]] : of;
  return [r, g, b, a ?? 1];
};
const light = ([r, g, b]) => [r, g, b].map((of) => of / 255).map((of) => of <= 0.04045 ? of / 12.92 : ((of + 0.055) / 1.055) ** 2.4)
  .reduce((sum, of, at) => sum + of * [0.2126, 0.7152, 0.0722][at], 0);
const behind = (one) => {
  for (let at = one; at; at = at.parentElement) {
    const colour = parse(getComputedStyle(at).backgroundColor);
    if (colour[3] === 1) return colour;
  }
  return [255, 255, 255, 1];
};
const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
const faint = [];
for (let text = texts.nextNode(); text; text = texts.nextNode()) {
  const one = text.parentElement;
  if (!text.textContent.trim() || !one.checkVisibility() || one.closest("script, style, svg, .sr")) continue;
  const [a, b] = [light(parse(getComputedStyle(one).color)), light(behind(one))].sort((a, b) => b - a);
  const contrast = (a + 0.05) / (b + 0.05);
  if (contrast < 4.5) faint.push(`${contrast.toFixed(2)} ${one.tagName}.${one.className} ${text.textContent.slice(0, 40)}`);
}
return [...new Set(faint)].slice(0, 8);
"#;
