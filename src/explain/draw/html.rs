//! An explanation as one page that opens from the file system: it has all that it needs within it, and asks nobody.

use serde_json::Value;

/// The page with its holes.
const PAGE: &str = include_str!("page/page.html");
const STYLE: &str = include_str!("page/page.css");
const SCRIPT: &str = include_str!("page/page.js");

/// The page that draws the document of an explanation.
pub fn explanation_html(document: &Value) -> String {
    let title = document["scenario"].as_str().unwrap_or_default();
    let filled = [
        ("title", &escaped(title)),
        ("css", &STYLE.to_owned()),
        ("script", &SCRIPT.to_owned()),
        ("data", &within_script(document)),
    ];
    let mut page = String::new();
    let mut rest = PAGE;
    // Each hole is filled once: what is put into one may look like another.
    while let Some((before, after)) = rest.split_once("{{") {
        let (name, after) = after.split_once("}}").unwrap_or((after, ""));
        let found = filled.iter().find(|(hole, _)| *hole == name);
        page.extend([before, found.map_or("", |(_, text)| text.as_str())]);
        rest = after;
    }
    page + rest
}

/// A text where a browser reads text.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// A document where nothing in it ends the element that it stands in.
fn within_script(document: &Value) -> String {
    document.to_string().replace('<', "\\u003c")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_is_put_into_the_page_cannot_leave_its_place() {
        let name = "</script><!-- {{css}} & \u{2028}";
        let document = json!({ "scenario": name });
        let page = explanation_html(&document);
        assert_eq!(page.matches("</script>").count(), 2, "the data and the script");
        assert!(page.contains("<title>&lt;/script&gt;&lt;!-- {{css}} &amp;"));
        let (_, data) = page.split_once("id=\"data\">").expect("the data");
        let (data, _) = data.split_once("</script>").expect("its end");
        let read: Value = serde_json::from_str(data).expect("a document");
        assert_eq!(read, document);
        let holes = ["{{title}}", "{{script}}", "{{data}}"];
        assert!(holes.iter().all(|hole| !page.contains(hole)));
    }

    #[test]
    fn the_page_asks_nobody_for_anything() {
        let page = explanation_html(&json!({ "scenario": "n" }));
        for asks in ["http:", "https:", "src=", "url(", "import ", "fetch(", "XMLHttpRequest"] {
            assert!(!page.contains(asks), "{asks}");
        }
    }
}
