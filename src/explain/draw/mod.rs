//! An explanation as a picture: a page, a picture without script, a sequence diagram.

mod html;
mod layout;
mod mermaid;
mod svg;

pub use html::explanation_html;
pub use mermaid::explanation_mermaid;
pub use svg::{PICTURE, explanation_svg};
