//! Every value of every mechanism, in words. A mechanism or a value that is new does not compile here, and is then
//! missed by the tests that ask for all of them.

use onceproof_model::dataflow::mechanism::dedup::{Bloom, BucketBy, Dedup, Rebuild, Shape};
use onceproof_model::dataflow::mechanism::{
    Atomic, Bundle, CommitRetry, Fencing, Fuse, Gc, GiveUp, Ids, InFlight, Lift, Mechanism,
    Outputs, ReAck, Retry, Stamps, UnknownOld,
};
use onceproof_model::pipeline::Ack;

/// All values of all mechanisms; where a value is a number, its default and any other.
pub const VALUES: &[&str] = &[
    "retry: default",
    "retry: given",
    "commit-retry: default",
    "commit-retry: given",
    "give-up: never",
    "give-up: given",
    "ack: after-commit",
    "ack: on-receipt",
    "dedup: catalog",
    "dedup: bloom",
    "dedup: bloom by arrival",
    "dedup: bloom rebuilt lazily",
    "dedup: bloom rebuilt by nothing",
    "dedup: bloom-only",
    "dedup: window",
    "dedup: off",
    "bloom: default",
    "bloom: given",
    "gc: watermark",
    "gc: never",
    "gc: ttl accept",
    "gc: ttl drop",
    "stamps: stable",
    "stamps: fresh",
    "stamps: wall-clock",
    "outputs: checkpoint",
    "outputs: recompute",
    "ids: derived",
    "ids: fresh",
    "atomic: true",
    "atomic: state-first",
    "atomic: id-first",
    "re-ack: true",
    "re-ack: false",
    "bundle: default",
    "bundle: given",
    "in-flight: default",
    "in-flight: given",
    "fencing: true",
    "fencing: false",
    "fuse: true",
    "fuse: false",
    "lift: true",
    "lift: false",
    "lift: force",
];

/// The values of one set of mechanisms. A mechanism or a value that is new does not compile here.
pub fn values(mechanism: &Mechanism) -> impl Iterator<Item = &'static str> {
    let Mechanism {
        retry,
        give_up,
        ack,
        dedup,
        gc,
        outputs,
        ids,
        stamps,
        atomic,
        re_ack,
        bundle,
        in_flight,
        commit_retry,
        fencing,
        fuse,
        lift,
    } = *mechanism;
    let given = |is_default: bool, default, given| if is_default { default } else { given };
    [
        given(retry == Retry::default(), "retry: default", "retry: given"),
        given(
            commit_retry == CommitRetry::default(),
            "commit-retry: default",
            "commit-retry: given",
        ),
        match give_up {
            GiveUp::Never => "give-up: never",
            GiveUp::After(_) => "give-up: given",
        },
        match ack {
            Ack::AfterCommit => "ack: after-commit",
            Ack::OnReceipt => "ack: on-receipt",
        },
        match dedup {
            Dedup::Catalog => "dedup: catalog",
            Dedup::Bloom(Bloom { bucket_by, rebuild, .. }) => match (bucket_by, rebuild) {
                (BucketBy::Stamp, Rebuild::Scan) => "dedup: bloom",
                (BucketBy::Stamp, Rebuild::Lazy { .. }) => "dedup: bloom rebuilt lazily",
                (BucketBy::Stamp, Rebuild::Nothing) => "dedup: bloom rebuilt by nothing",
                (BucketBy::Arrival, _) => "dedup: bloom by arrival",
            },
            Dedup::BloomOnly(_) => "dedup: bloom-only",
            Dedup::Window(_) => "dedup: window",
            Dedup::Off => "dedup: off",
        },
        match dedup {
            Dedup::Bloom(Bloom { shape, .. }) | Dedup::BloomOnly(shape) => {
                given(shape == Shape::default(), "bloom: default", "bloom: given")
            }
            Dedup::Catalog | Dedup::Window(_) | Dedup::Off => "no filter",
        },
        match gc {
            Gc::Watermark => "gc: watermark",
            Gc::Never => "gc: never",
            Gc::Ttl { unknown_old: UnknownOld::Accept, .. } => "gc: ttl accept",
            Gc::Ttl { unknown_old: UnknownOld::Drop, .. } => "gc: ttl drop",
        },
        match stamps {
            Stamps::Stable => "stamps: stable",
            Stamps::Fresh => "stamps: fresh",
            Stamps::WallClock => "stamps: wall-clock",
        },
        match outputs {
            Outputs::Checkpoint => "outputs: checkpoint",
            Outputs::Recompute => "outputs: recompute",
        },
        match ids {
            Ids::Derived => "ids: derived",
            Ids::Fresh => "ids: fresh",
        },
        match atomic {
            Atomic::Together => "atomic: true",
            Atomic::StateFirst => "atomic: state-first",
            Atomic::IdFirst => "atomic: id-first",
        },
        match re_ack {
            ReAck::Always => "re-ack: true",
            ReAck::Never => "re-ack: false",
        },
        given(bundle == Bundle::default(), "bundle: default", "bundle: given"),
        given(in_flight == InFlight::default(), "in-flight: default", "in-flight: given"),
        match fencing {
            Fencing::Token => "fencing: true",
            Fencing::Off => "fencing: false",
        },
        match fuse {
            Fuse::Together => "fuse: true",
            Fuse::Apart => "fuse: false",
        },
        match lift {
            Lift::Sure => "lift: true",
            Lift::Never => "lift: false",
            Lift::Force => "lift: force",
        },
    ]
    .into_iter()
}
