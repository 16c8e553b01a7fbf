//! Pages that show a document: one file each, which opens from the file system and asks the network for nothing.
//!
//! A page is the frame with its styles, its scripts and its document put in. The document stands in it as data and is
//! never part of a script, and whatever stands in the document reaches the page as text: names may hold any character.

use crate::printable::{printable, printable_json};
use crate::write::Sign;
use serde_json::Value;

/// How pages are known.
pub const SIGN: Sign =
    Sign { begins: "<!doctype html>\n<!-- made by onceproof -->\n", what: "page" };

/// What all pages have.
const FRAME: &str = include_str!("frame.html");
/// Colours, letters, tables and commands of all pages.
const STYLE: &str = include_str!("frame.css");

/// A page.
#[derive(Clone, Copy, Debug)]
pub struct Page<'a> {
    /// Its title.
    pub title: &'a str,
    /// What stands in its body, before its data and its scripts.
    pub body: &'a str,
    /// Styles of its own.
    pub styles: &'a [&'a str],
    /// Scripts of its own, in the order in which they run.
    pub scripts: &'a [&'a str],
    /// What it shows.
    pub document: &'a Value,
}

impl Page<'_> {
    /// The text of its file.
    pub fn html(&self) -> String {
        let (mut html, mut rest) = (String::from(SIGN.begins), FRAME);
        // What is put in is not looked at again: it may hold what stands for something else.
        while let Some((before, after)) = rest.split_once("{{") {
            let (name, after) = after.split_once("}}").expect("a name that ends");
            html.push_str(before);
            html.push_str(&self.part(name));
            rest = after;
        }
        html.push_str(rest);
        html
    }

    fn part(&self, name: &str) -> String {
        match name {
            "title" => escaped(&printable(self.title)),
            "style" => [&[STYLE], self.styles].concat().concat(),
            "body" => self.body.to_owned(),
            "script" => self.scripts.concat(),
            // Nothing in it ends its element or begins another one.
            "document" => printable_json(&self.document.to_string()).replace('<', "\\u003c"),
            name => unreachable!("no page has a part {name}"),
        }
    }
}

/// The page of a sweep, of several, of what is needed, or of a comparison, by its document.
pub fn dashboard(document: &Value) -> String {
    let title = document["scenario"].as_str().unwrap_or("several scenarios");
    let page = Page {
        title,
        body: include_str!("dashboard/dashboard.html"),
        styles: &[include_str!("dashboard/dashboard.css")],
        scripts: &[
            include_str!("dashboard/elements.js"),
            include_str!("dashboard/heat.js"),
            include_str!("dashboard/sweep.js"),
            include_str!("dashboard/necessity.js"),
            include_str!("dashboard/compare.js"),
            include_str!("dashboard/tune.js"),
            include_str!("dashboard/dashboard.js"),
        ],
        document,
    };
    page.html()
}

/// A text between elements.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn page(title: &str, document: &Value) -> String {
        Page { title, body: "", styles: &[], scripts: &[], document }.html()
    }

    /// What stands in an element that begins so and ends with the next tag of its name.
    fn within<'a>(html: &'a str, begins: &str, ends: &str) -> &'a str {
        let (_, after) = html.split_once(begins).expect("an element");
        after.split_once(ends).expect("its end").0
    }

    #[test]
    fn a_document_is_read_back_whatever_stands_in_it() {
        let document =
            json!({ "scenario": "</script><script>alert(1)</script><!-- {{title}} \u{202e}" });
        let html = page("a", &document);
        let data = within(&html, "id=\"data\">", "</script>");
        assert!(!data.contains('<') && !data.contains('\u{202e}'), "{data}");
        assert_eq!(serde_json::from_str::<Value>(data).expect("a document"), document);
    }

    #[test]
    fn a_title_is_text() {
        let html = page("a <b> & {{style}}", &json!({}));
        assert_eq!(within(&html, "<title>", "</title>"), "a &lt;b&gt; &amp; {{style}}");
    }

    #[test]
    fn nothing_in_a_page_leads_to_the_network() {
        let html = dashboard(&json!({ "scenario": "a" }));
        assert!(html.starts_with(SIGN.begins) && html.contains("default-src 'none'"), "{html}");
        for leads in ["http:", "https:", "url(", "@import", "src=", "fetch(", "XMLHttpRequest"] {
            // The one name that is no address.
            let html = html.replace("http://www.w3.org/2000/svg", "");
            assert!(!html.contains(leads), "{leads}");
        }
    }
}
