//! What the pages show in a browser, and how they answer to a click, a key, a narrow screen and the dark.

mod made;
mod dashboards;
mod explain;
