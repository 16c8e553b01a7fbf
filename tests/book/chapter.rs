//! A chapter of the book, done as a reader does it: its files are written, its changes made, its commands run, and what
//! they print is compared with what the chapter shows.
//!
//! - A block of code after a line that ends with the name of a file and a colon, as in "save this as `a.toml`:", is that
//!   file. If the block is a `diff`, the file is changed so.
//! - A block of `console` has commands, each after `$ `, and what each prints on both streams. A command that does not end
//!   with 0 says so in a last line, `[exit code 1]`.
//! - `...` stands for what differs from run to run: as a line for any lines, within one for any text.

use std::env;
use std::fs;
use std::io;
use std::path::Path;
use std::process::Command;

/// Does what a chapter says, in a folder of its own that is first made ready. Fails where the chapter shows something else
/// than what comes of it; with `ONCEPROOF_BOOK=overwrite` in the environment it is written into the chapter.
#[track_caller]
pub fn check(path: &Path, make_ready: impl FnOnce(&Path) -> io::Result<()>) {
    let shown =
        fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let name = path.file_stem().expect("the name of a chapter").display();
    let folder = env::temp_dir().join(format!("onceproof-book-{name}-{}", std::process::id()));
    fs::create_dir(&folder).and_then(|()| make_ready(&folder)).expect("a folder for the chapter");
    let is = done(&shown, &folder).unwrap_or_else(|error| panic!("{name}: {error}"));
    fs::remove_dir_all(&folder).expect("it was made here");
    compare(path, &shown, &is);
}

/// Fails where a chapter is not as it should be, or writes it as it should be, as [`check`] does.
#[track_caller]
pub fn compare(path: &Path, shown: &str, is: &str) {
    if is == shown {
        return;
    }
    if env::var_os("ONCEPROOF_BOOK").is_some_and(|how| how == "overwrite") {
        fs::write(path, is).expect("the chapter is written");
        return;
    }
    let differs = shown.lines().zip(is.lines()).position(|(shown, is)| shown != is);
    let at = differs.unwrap_or_else(|| shown.lines().count().min(is.lines().count()));
    let from = |text: &str| text.lines().skip(at).take(12).collect::<Vec<_>>().join("\n");
    let (shown, is) = (from(shown), from(is));
    panic!("{}:{}: the chapter shows\n{shown}\n\nbut this is so:\n{is}", path.display(), at + 1);
}

/// Does what a chapter says, in this folder. Returns the chapter with what its commands print: the text as it was, if that
/// is what it shows.
///
/// # Errors
///
/// What of the chapter cannot be done.
fn done(chapter: &str, folder: &Path) -> Result<String, String> {
    let mut written = String::new();
    let mut lines = chapter.lines();
    let mut above = "";
    while let Some(line) = lines.next() {
        written += &format!("{line}\n");
        if let Some(language) = line.strip_prefix("```") {
            let block: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
            let block = match (language, file_named(above)) {
                ("console", _) => session(&block, folder)?,
                ("diff", Some(file)) => {
                    change(&folder.join(file), &block)?;
                    text(&block)
                }
                (_, Some(file)) => {
                    write(&folder.join(file), &text(&block))?;
                    text(&block)
                }
                (_, None) => text(&block),
            };
            written += &format!("{block}```\n");
        }
        if !line.is_empty() {
            above = line;
        }
    }
    Ok(written)
}

fn text(lines: &[&str]) -> String {
    lines.iter().map(|line| format!("{line}\n")).collect()
}

/// The file that a line before a block names.
fn file_named(line: &str) -> Option<&str> {
    let (_, name) = line.strip_suffix("`:")?.rsplit_once('`')?;
    name.contains('.').then_some(name)
}

fn write(path: &Path, content: &str) -> Result<(), String> {
    let told = |error| format!("{}: {error}", path.display());
    fs::create_dir_all(path.parent().expect("in a folder")).map_err(told)?;
    fs::write(path, content).map_err(told)
}

/// Changes a file as the lines of a diff say, which must stand in it once.
fn change(path: &Path, diff: &[&str]) -> Result<(), String> {
    let side = |other: char| {
        let of_side = diff.iter().filter(|line| !line.starts_with(other));
        of_side.map(|line| format!("{}\n", line.get(1..).unwrap_or(""))).collect::<String>()
    };
    let (before, after) = (side('+'), side('-'));
    let content =
        fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    match content.matches(&before).count() {
        1 => write(path, &content.replace(&before, &after)),
        times => Err(format!("{} has this {times} times:\n{before}", path.display())),
    }
}

/// A block of commands with what they print.
fn session(block: &[&str], folder: &Path) -> Result<String, String> {
    let mut written = String::new();
    let mut rest = block;
    while let Some((first, after)) = rest.split_first() {
        if !first.starts_with("$ ") {
            return Err(format!("this stands in a session before its first command: {first}"));
        }
        let goes_on = rest.iter().take_while(|line| line.ends_with('\\')).count();
        let (command, after) = rest.split_at((1 + goes_on).min(1 + after.len()));
        let end = after.iter().position(|line| line.starts_with("$ ")).unwrap_or(after.len());
        let (told, after) = after.split_at(end);
        written += &text(command);
        written += &output(&command.join("\n")[2..], told, folder)?;
        rest = after;
    }
    Ok(written)
}

/// What is told of the output of a command: as it is told, if it is so, else as it is.
fn output(command: &str, told: &[&str], folder: &Path) -> Result<String, String> {
    let shell = format!("exec 2>&1\n{command}");
    let mut shell_command = Command::new("sh");
    shell_command.args(["-c", &shell]).current_dir(folder);
    // The program beside the tests is the one that is meant, and what is built anew fetches nothing.
    let beside = env::current_exe().map_err(|error| error.to_string())?;
    let programs = beside.ancestors().skip(2).take(1).map(Path::to_owned);
    let elsewhere = env::var_os("PATH").unwrap_or_default();
    let programs = env::join_paths(programs.chain(env::split_paths(&elsewhere)));
    shell_command.env("PATH", programs.map_err(|error| error.to_string())?);
    shell_command.env("CARGO_NET_OFFLINE", "true").env("RUST_BACKTRACE", "0");
    for of_the_tests in ["GITHUB_STEP_SUMMARY", "GITHUB_WORKSPACE", "ONCEPROOF_BOOK"] {
        shell_command.env_remove(of_the_tests);
    }
    let output = shell_command.output().map_err(|error| format!("{command}: {error}"))?;
    let printed =
        String::from_utf8(output.stdout).map_err(|error| format!("{command}: {error}"))?;
    let mut printed: Vec<String> = printed.trim_end().lines().map(str::to_owned).collect();
    match output.status.code() {
        Some(0) => {}
        Some(code) => printed.push(format!("[exit code {code}]")),
        None => return Err(format!("{command}: ended by a signal")),
    }

    let shown = told.iter().rposition(|line| !line.is_empty()).map_or(0, |last| last + 1);
    let (shown, blank) = told.split_at(shown);
    if shown == ["..."] {
        return Err(format!("{command}: nothing of its output is shown"));
    }
    let printed: Vec<&str> = printed.iter().map(String::as_str).collect();
    let so = match is_shown(shown, &printed) {
        true => text(shown),
        false => printed.iter().map(|line| format!("{}\n", without_what_differs(line))).collect(),
    };
    Ok(so + &text(blank))
}

/// Whether lines were printed so.
fn is_shown(shown: &[&str], printed: &[&str]) -> bool {
    match shown.split_first() {
        None => printed.is_empty(),
        Some((&"...", rest)) => (0..=printed.len()).any(|from| is_shown(rest, &printed[from..])),
        Some((line, rest)) => printed
            .split_first()
            .is_some_and(|(first, left)| is_line_shown(line, first) && is_shown(rest, left)),
    }
}

fn is_line_shown(shown: &str, printed: &str) -> bool {
    let Some((begin, rest)) = shown.split_once("...") else { return shown == printed };
    let Some(left) = printed.strip_prefix(begin) else { return false };
    let from = left.char_indices().map(|(at, _)| at).chain([left.len()]);
    let mut from = from.map(|at| &left[at..]);
    from.any(|left| is_line_shown(rest, left))
}

/// A line of output without times and what hangs on the build.
fn without_what_differs(line: &str) -> String {
    let of_build = |line: &str| {
        let (begin, hash) = line.split_once("(sources ")?;
        Some(format!("{begin}(sources ...{}", hash.get(hash.find(')')?..)?))
    };
    match line.split_whitespace().next() {
        Some("time") => "time  ...".to_owned(),
        Some("space") => "space ...".to_owned(),
        Some("thread") if line.contains("panicked at") => "thread ... panicked at ...".to_owned(),
        Some("test") if line.contains("finished in") => {
            let (begin, _) = line.split_once("finished in").expect("it was looked for");
            format!("{begin}finished in ...")
        }
        _ => of_build(line).unwrap_or_else(|| line.to_owned()),
    }
}

#[test]
fn a_chapter_that_shows_what_is_printed_stays_as_it_is_and_any_other_does_not() {
    let folder = env::temp_dir().join(format!("onceproof-chapter-{}", std::process::id()));
    fs::create_dir_all(&folder).expect("a folder");
    let run = |chapter: &str| done(chapter, &folder);
    let of = |session: &str| format!("```console\n{session}```\n");
    let file = "Save this as `a/b.txt`:\n\n```text\none\ntwo\nthree\n```\n\n";

    for right in [
        of("$ echo a; echo b >&2\na\nb\n"),
        of("$ echo a\na\n\n$ echo b\nb\n"),
        of("$ echo a \\\n  b\na b\n"),
        of("$ true\n$ echo a && exit 3\na\n[exit code 3]\n"),
        of("$ printf '1\\n2\\n3\\n'\n1\n...\n"),
        of("$ echo it took 3 ms, all told\nit took ..., all told\n"),
        format!("{file}{}", of("$ cat a/b.txt\none\ntwo\nthree\n")),
        format!(
            "{file}In `a/b.txt`:\n```diff\n one\n-two\n+2\n```\n{}",
            of("$ cat a/b.txt\none\n2\nthree\n")
        ),
        "```text\n$ not a command\n```\n".to_owned(),
    ] {
        assert_eq!(run(&right).as_ref(), Ok(&right));
    }
    for (wrong, is) in [
        (of("$ echo a\nb\n"), of("$ echo a\na\n")),
        (of("$ echo a\n"), of("$ echo a\na\n")),
        (of("$ true\na\n\n$ true\n"), of("$ true\n\n$ true\n")),
        (of("$ exit 1\n"), of("$ exit 1\n[exit code 1]\n")),
        (of("$ echo; echo time 3 ms\n"), of("$ echo; echo time 3 ms\n\ntime  ...\n")),
        (of("$ printf '1\\n2\\n3\\n'\n2\n...\n"), of("$ printf '1\\n2\\n3\\n'\n1\n2\n3\n")),
    ] {
        assert_eq!(run(&wrong).as_ref(), Ok(&is), "{wrong}");
    }
    for (nonsense, error) in [
        (of("echo a\n"), "before its first command"),
        (of("$ echo a\n...\n"), "nothing of its output"),
        (format!("{file}In `a/b.txt`:\n```diff\n-four\n+4\n```\n"), "0 times"),
    ] {
        assert!(run(&nonsense).is_err_and(|told| told.contains(error)), "{nonsense}");
    }
    fs::remove_dir_all(&folder).expect("it was made here");
}
