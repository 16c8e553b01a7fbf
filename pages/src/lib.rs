//! A browser without a window, driven by the protocol of WebDriver: as much of it as tests of pages need.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use ureq::Body;
use ureq::http::Response;

/// A browser with one page open. It ends when it is dropped.
pub struct Browser {
    driver: Child,
    /// The address of the session.
    session: String,
}

/// How wide and high a page is shown, in pixels.
#[derive(Clone, Copy, Debug)]
pub struct Size {
    /// How wide.
    pub width: u32,
    /// How high.
    pub height: u32,
}

/// What a desk has.
pub const DESK: Size = Size { width: 1280, height: 800 };
/// What a telephone has.
pub const PHONE: Size = Size { width: 400, height: 800 };

/// A key that has no letter.
#[derive(Clone, Copy, Debug)]
pub enum Key {
    /// The arrow to the left.
    Left,
    /// The arrow upwards.
    Up,
    /// The arrow to the right.
    Right,
    /// The arrow downwards.
    Down,
    /// Enter.
    Enter,
    /// Escape.
    Escape,
    /// Tab.
    Tab,
}

impl Key {
    /// The character that stands for it in the protocol.
    fn character(self) -> char {
        match self {
            Key::Left => '\u{e012}',
            Key::Up => '\u{e013}',
            Key::Right => '\u{e014}',
            Key::Down => '\u{e015}',
            Key::Enter => '\u{e007}',
            Key::Escape => '\u{e00c}',
            Key::Tab => '\u{e004}',
        }
    }
}

impl Browser {
    /// Starts one, as large as a desk.
    ///
    /// # Panics
    /// There is no Chromium, or no driver for it.
    pub fn start() -> Browser {
        let mut command = Command::new("chromedriver");
        let mut driver = command
            .arg("--port=0")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("chromedriver starts: it is in Debian's package chromium-driver");
        let lines = BufReader::new(driver.stdout.take().expect("its output")).lines();
        let port = lines.map_while(Result::ok).find_map(|line| {
            let (_, port) = line.split_once("started successfully on port ")?;
            port.trim_end_matches('.').parse::<u16>().ok()
        });
        let address = format!("http://127.0.0.1:{}", port.expect("a port"));
        let arguments = [
            "--headless=new",
            // It may run as root, in a container, where there is little shared memory.
            "--no-sandbox",
            "--disable-dev-shm-usage",
            "--disable-gpu",
            "--hide-scrollbars",
            // A page that is left is gone.
            "--disable-features=BackForwardCache",
        ];
        let capabilities = json!({ "alwaysMatch": {
            "goog:chromeOptions": { "args": arguments },
            "goog:loggingPrefs": { "browser": "ALL" },
        }});
        let asked = json!({ "capabilities": capabilities });
        let session = post(&format!("{address}/session"), &asked).expect("a session");
        let id = session["sessionId"].as_str().expect("the id of a session");
        let mut browser = Browser { driver, session: format!("{address}/session/{id}") };
        browser.resize(DESK);
        browser
    }

    /// Opens a file.
    ///
    /// # Panics
    /// There is no such file.
    pub fn open(&mut self, path: &Path) {
        let path =
            path.canonicalize().unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let path = path.to_str().expect("a path of letters");
        self.command("url", &json!({ "url": format!("file://{path}") }));
    }

    /// Shows the page in another size.
    pub fn resize(&mut self, Size { width, height }: Size) {
        let size =
            json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        self.devtools("Emulation.setDeviceMetricsOverride", &size);
    }

    /// Asks pages to be dark, or light.
    pub fn set_dark(&mut self, is_dark: bool) {
        let value = if is_dark { "dark" } else { "light" };
        let feature = json!({ "name": "prefers-color-scheme", "value": value });
        self.devtools("Emulation.setEmulatedMedia", &json!({ "features": [feature] }));
    }

    /// What a function body returns, run in the page.
    ///
    /// # Panics
    /// It throws.
    pub fn run(&mut self, body: &str) -> Value {
        self.command("execute/sync", &json!({ "script": body, "args": [] }))
    }

    /// What a function body returns, once that is something else than nothing, false, 0 or an empty list.
    ///
    /// # Panics
    /// It is nothing after 25 seconds, or throws: the driver waits for 30.
    pub fn run_until(&mut self, body: &str) -> Value {
        let looks = format!(
            "const [done] = arguments, until = performance.now() + 25_000, found = () => {{ {body} }};
             const look = () => {{
               const now = found();
               if (now && now.length !== 0) done(now);
               else if (performance.now() > until) done(null);
               else setTimeout(look, 20);
             }};
             look();"
        );
        let found = self.command("execute/async", &json!({ "script": looks, "args": [] }));
        assert!(!found.is_null(), "nothing comes of {body}");
        found
    }

    /// Counts from now on how often each block of the scripts of pages is run: see [`Self::steps`].
    pub fn count_steps(&mut self) {
        self.devtools("Profiler.enable", &json!({}));
        let exactly = json!({ "callCount": true, "detailed": true });
        self.devtools("Profiler.startPreciseCoverage", &exactly);
    }

    /// How many blocks of the scripts of the page were run since that was last asked, each as often as it was run: how
    /// much work a page is, the same on every machine. A block that is run as often as the one around it is no block of
    /// its own.
    pub fn steps(&mut self) -> u64 {
        let counted = self.devtools("Profiler.takePreciseCoverage", &json!({}));
        let each = |of: &Value, key: &str| of[key].as_array().cloned().unwrap_or_default();
        let scripts = each(&counted, "result").into_iter().filter(|script| {
            script["url"].as_str().is_some_and(|address| address.starts_with("file://"))
        });
        let functions = scripts.flat_map(|script| each(&script, "functions"));
        let blocks = functions.flat_map(|function| each(&function, "ranges"));
        blocks.map(|block| block["count"].as_u64().expect("how often")).sum()
    }

    /// Clicks on the first element that a selector finds, as a mouse does: what covers it would be clicked instead.
    ///
    /// # Panics
    /// There is none, or it cannot be clicked.
    pub fn click(&mut self, selector: &str) {
        let by = json!({ "using": "css selector", "value": selector });
        let found = self.command("element", &by);
        let id = found.as_object().and_then(|found| found.values().next()?.as_str());
        let id = id.unwrap_or_else(|| panic!("{found} is no element")).to_owned();
        self.command(&format!("element/{id}/click"), &json!({}));
    }

    /// Presses a key that has no letter.
    pub fn press(&mut self, key: Key) {
        self.press_character(key.character());
    }

    /// Presses a key, and lets it go.
    pub fn press_character(&mut self, key: char) {
        let actions =
            ["keyDown", "keyUp"].map(|does| json!({ "type": does, "value": key.to_string() }));
        let keys = json!({ "type": "key", "id": "keys", "actions": actions });
        self.command("actions", &json!({ "actions": [keys] }));
    }

    /// What the page has said in its console since this was last asked, errors of the page among it. What it says comes a
    /// while later, so it is made to say something last: an error was missed once that came after the question.
    ///
    /// # Panics
    /// What it says last has not come after ten thousand questions.
    pub fn console(&mut self) -> Vec<String> {
        const LAST: &str = "nothing else was said";
        const MOST_QUESTIONS: u32 = 10_000;
        self.run(&format!("console.error('{LAST}');"));
        let mut said: Vec<String> = Vec::new();
        // Each question is a round trip to the browser.
        for _ in 0..MOST_QUESTIONS {
            let log = self.command("se/log", &json!({ "type": "browser" }));
            let entries = log.as_array().expect("a log").iter();
            said.extend(
                entries.map(|entry| entry["message"].as_str().unwrap_or_default().to_owned()),
            );
            if said.last().is_some_and(|message| message.contains(LAST)) {
                said.pop();
                return said;
            }
        }
        panic!("not all of what the page has said has come: {said:?}");
    }

    /// Takes a picture of what is seen, and writes it to a file.
    ///
    /// # Panics
    /// It cannot be written.
    pub fn picture(&mut self, path: &Path) {
        let answer = ureq::get(format!("{}/screenshot", self.session)).call();
        let taken = answer.map_err(|error| error.to_string()).and_then(value);
        let taken = taken.unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let bytes = STANDARD.decode(taken.as_str().expect("a picture")).expect("base 64");
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(path, bytes).expect("a picture is written");
    }

    /// Shows all of the page at once, however high it is.
    pub fn unroll(&mut self, Size { width, .. }: Size) {
        let height = self.run("return document.documentElement.scrollHeight;");
        let height = height.as_u64().and_then(|height| u32::try_from(height).ok());
        self.resize(Size { width, height: height.expect("a height") });
    }

    /// A command of the browser's own protocol.
    fn devtools(&mut self, name: &str, parameters: &Value) -> Value {
        self.command("goog/cdp/execute", &json!({ "cmd": name, "params": parameters }))
    }

    #[track_caller]
    fn command(&mut self, path: &str, asked: &Value) -> Value {
        let answer = post(&format!("{}/{path}", self.session), asked);
        answer.unwrap_or_else(|error| panic!("{path} {asked}: {error}"))
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // The driver ends the browser with the session. If that fails, both end with the driver.
        let _ = ureq::delete(&self.session).call();
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}

/// What is answered to a question, or what was wrong with it.
fn post(address: &str, asked: &Value) -> Result<Value, String> {
    let request = ureq::post(address).config().http_status_as_error(false).build();
    let request = request.content_type("application/json");
    let answer = request.send(asked.to_string()).map_err(|error| error.to_string())?;
    value(answer)
}

/// What an answer says, or what was wrong.
fn value(mut answer: Response<Body>) -> Result<Value, String> {
    let text = answer.body_mut().with_config().limit(1 << 28).read_to_string();
    let text = text.map_err(|error| error.to_string())?;
    let answer: Value = serde_json::from_str(&text).map_err(|error| format!("{error}: {text}"))?;
    match &answer["value"]["error"] {
        Value::String(error) => Err(format!("{error}: {}", answer["value"]["message"])),
        _ => Ok(answer["value"].clone()),
    }
}
