//! `gc`: when a receiver may forget an id. The system watermark says that no sender will ever send an older
//! record again, so ids below it are garbage, and a record below it is a remnant that was processed long
//! ago (*Streaming Systems*, ch. 5, "Garbage Collection"). Time alone proves nothing of the kind.

use crate::dataflow::mechanism::UnknownOld;
use onceproof_kernel::time::Nanos;

/// When an id is forgotten.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Gc {
    /// When the system watermark of its sender has passed its stamp. Remnants are dropped and acked.
    #[default]
    Watermark,
    /// Never: catalogs grow without bound.
    Never,
    /// So long after it was committed. Wrong: a retry that is older is taken for new, or a first delivery
    /// that is older is taken for a retry.
    Ttl {
        /// How long.
        ttl: Nanos,
        /// What becomes of an unknown record that is older.
        unknown_old: UnknownOld,
    },
}
