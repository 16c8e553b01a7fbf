//! `dedup`: a receiver asks the catalog of the record's key whether it has seen the record's id.

/// How a duplicate is known.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Dedup {
    /// By the exact catalog of its key.
    #[default]
    Catalog,
    /// Not at all. Wrong: every retry of an applied record is applied again.
    Off,
}
