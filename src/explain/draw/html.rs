//! An explanation as one page.

use crate::page::Page;
use serde_json::Value;

/// The page that draws the document of an explanation.
pub fn explanation_html(document: &Value) -> String {
    let page = Page {
        title: document["scenario"].as_str().unwrap_or_default(),
        body: include_str!("page/page.html"),
        styles: &[include_str!("page/page.css")],
        scripts: &[include_str!("page/read.js"), include_str!("page/page.js")],
        document,
    };
    page.html()
}
