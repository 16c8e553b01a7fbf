//! Planted defects: one rule of the protocol left out. Scenario files cannot name them; they exist so that a
//! test can show, for each rule, that the oracle finds what breaks without it. A check that no defect can make
//! fail is worth nothing.
//!
//! Three of them do no harm alone, and each says why: [`Defect::UncommittedWatermarkPassedOn`],
//! [`Defect::BootFiresNothing`] and [`Defect::LoneWatermarkOvertakes`]. Another rule stands in for the one that
//! is left out: the last watermark always travels alone, and repairs what an earlier one broke.

/// A rule of the protocol that a worker, the store or a queue leaves out.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Defect {
    /// The store applies a repeated commit again, since it does not know its number.
    CommitsUnnumbered,
    /// The store does not answer a commit that comes again. A worker whose first answer was lost repeats it without
    /// end.
    RepeatsUnanswered,
    /// A boot takes no new token, so a commit of the worker's earlier life may land after its scan.
    NoTokenAtBoot,
    /// A boot does not tell a service of its token, which learns of it by the first put. Until then a zombie
    /// whose record was committed, and its id forgotten, may put it again.
    TokenNotAnnounced,
    /// A record is admitted while another of its key is being committed.
    KeysNeverBusy,
    /// Outputs that are not acked hold back no watermark.
    OutputsDoNotPin,
    /// Window content that is in no pane holds back no watermark.
    ContentDoesNotPin,
    /// A watermark is passed on before it is committed. Harmless alone: what could still come of it is
    /// pinned by senders that have no ack, by content and by outputs.
    UncommittedWatermarkPassedOn,
    /// A sender takes an ack of a record as proof that all it has promised arrived, and sends it no more.
    DataAckConfirms,
    /// A window fires while a record of its key is being committed.
    FiringIgnoresBusyKey,
    /// A boot fires no window. Harmless alone: a watermark that travels alone is not committed before what
    /// it fires, so it comes again, and the last one always travels alone.
    BootFiresNothing,
    /// A late record is taken, and its window, which has fired, does not fire again for it.
    LatePaneWaits,
    /// A boot resends nothing.
    BootResendsNothing,
    /// A count passes its watermark on without holding its lateness back.
    LatenessNotHeldBack,
    /// A record is counted in the window after its own.
    WrongWindow,
    /// A record that waited for its key does not meet the catalog when its turn comes.
    QueuedSkipsCatalog,
    /// The store keeps source offsets as one number, the greatest that was committed, and takes all below
    /// it for done with.
    OffsetsAreOneNumber,
    /// Stamps are counted from the beginning again after each boot, so that new records look like
    /// remnants.
    StampsRestart,
    /// A watermark that travels alone is sent once.
    LoneWatermarkNotRetried,
    /// A watermark that travels alone is committed and acked before what it fires is committed. Harmless
    /// alone: a boot fires what is due.
    LoneWatermarkOvertakes,
    /// A record that is below the system watermark of its sender is taken like any other, though its id may
    /// have been forgotten.
    RemnantsTaken,
    /// A remnant is told by the watermark that is known to be committed, and not by the highest seen.
    RemnantsByCommitted,
    /// Where outputs have the stamps of inputs, an input that is read and not settled holds back no system
    /// watermark.
    InputsDoNotPin,
    /// An output holds back the system watermark from when it is first sent, and not from when it is
    /// stamped.
    OutputsPinWhenSent,
    /// A record goes to the dead letters at the first failure, however many it should be given.
    DeadLetterAtOnce,
    /// A queue takes a message that it has handed out for done, as far as its promise goes.
    UnackedMessageDoesNotPin,
    /// Both that and [`Defect::BootFiresNothing`]: each of the two rules stands in for the other.
    DueWindowForgotten,
    /// A filter that does not have all ids yet is not told of those that are committed meanwhile. One that
    /// is on the wire while its ids are read is then in neither.
    UnreadFilterNotAdded,
    /// Where a function in the middle of a stage fails, what came before it is committed, and the record is
    /// done with.
    FailedChainIsKept,
    /// A deletion that waits for the next commit waits for good where there is none.
    SettlesNeverAlone,
    /// Whether anything will commit next is asked when an ack comes, and not when what was in work is over.
    SettlesAloneAtAckOnly,
    /// The next commit deletes an output that is sent, whether or not it is acked.
    SettlesWhenSent,
}
