//! `atomic`: the id of a record and the state that it changed belong into one commit.

/// Whether id and state are committed together.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Atomic {
    /// In one commit.
    #[default]
    Together,
    /// State and outputs in a first commit, the id in a second. Wrong: a crash between them counts the
    /// record again.
    StateFirst,
    /// The id in a first commit, state and outputs in a second. Wrong: a crash between them loses it.
    IdFirst,
}
