//! What messages and changes say, as numbers that a fingerprint folds in. Keys and names go in by their hashes, and
//! lineages not at all: they are there for whoever watches.

use super::message::{
    BlobId, Change, ChannelItem, FlowingRow, Reply, Request, TransactionHandle, TransactionName,
};
use onceproof_kernel::mix::words;
use onceproof_kernel::name::Vocabulary;

/// What a request says.
pub(super) fn of_request(request: &Request, known: &Vocabulary) -> [u64; 2] {
    let pair = |word: u64, a: u32, b: u32| [word, u64::from(a) << 32 | u64::from(b)];
    match *request {
        Request::Item { attempt, connection, number, item } => {
            let [_, at] = pair(0, attempt, connection);
            [words([1, at, number.into()]), of_item(&item, known)]
        }
        Request::Start { attempt, before, life, checkpoint, blob } => {
            let [_, at] = pair(0, attempt, checkpoint);
            [words([2, at, before.into(), life]), blob.as_ref().map_or(0, of_blob)]
        }
        Request::Register { life } => [3, life],
        Request::Fail { attempt } => [4, attempt.into()],
        Request::Trigger { attempt, checkpoint } => pair(5, attempt, checkpoint),
        Request::Notify { attempt, checkpoint } => pair(6, attempt, checkpoint),
        Request::Abort { attempt, checkpoint } => pair(7, attempt, checkpoint),
        Request::Cancel { attempt } => [8, attempt.into()],
        Request::Assign { attempt } => [9, attempt.into()],
        Request::NoMore { attempt } => [10, attempt.into()],
        Request::Ack { attempt, checkpoint, blob, is_ended, handles } => {
            let [_, at] = pair(0, attempt, checkpoint);
            [words([11, at, is_ended.into(), handles.into()]), of_blob(&blob)]
        }
        Request::Decline { attempt, checkpoint } => pair(12, attempt, checkpoint),
        Request::Assigned { attempt, is_split } => pair(13, attempt, is_split.into()),
        Request::Finish { attempt } => [14, attempt.into()],
        Request::Cleanup { writer, attempt, checkpoint } => {
            let [_, at] = pair(0, attempt, checkpoint);
            [words([15, writer.into()]), at]
        }
        Request::Begin(name) => [16, of_name(&name)],
        Request::Write { transaction, epoch, number, row } => {
            let at = words([17, of_name(&transaction), epoch.into(), number.into()]);
            [at, of_row(&row, known)]
        }
        Request::Commit(handle) => [18, of_handle(&handle)],
        Request::Rollback(handle) => [19, of_handle(&handle)],
    }
}

/// What a reply says.
pub(super) fn of_reply(reply: &Reply) -> u64 {
    match *reply {
        Reply::Done => 1,
        Reply::Refused => 2,
        Reply::Epoch(epoch) => words([3, epoch.into()]),
        Reply::Started(life) => words([4, life]),
        Reply::Missing => 5,
    }
}

/// What a change says.
pub(super) fn of_change(change: &Change, known: &Vocabulary) -> u64 {
    match *change {
        Change::Lead { from, keeps_token, life } => {
            words([1, from.map_or(u64::MAX, u64::from), keeps_token.into(), life])
        }
        Change::Complete { token, checkpoint, record, is_savepoint, progress } => {
            let is_savepoint = is_savepoint.into();
            words([2, token.into(), checkpoint.into(), record.hash, is_savepoint, progress])
        }
        // It is there for whoever watches.
        Change::Unit { .. } => 3,
        Change::Delete { token, checkpoint } => words([4, token.into(), checkpoint.into()]),
        Change::DropBlob(blob) => words([5, of_blob(&blob)]),
        Change::Discard { token, attempt, checkpoint } => {
            words([6, token.into(), attempt.into(), checkpoint.into()])
        }
        Change::Finish { token } => words([7, token.into()]),
        Change::Upload { blob, state } => words([8, of_blob(&blob), state.hash]),
        Change::Fence { attempt } => words([13, attempt.into()]),
        Change::Begin(name) => words([9, of_name(&name)]),
        Change::Write { transaction, number, row } => {
            words([10, of_name(&transaction), number.into(), of_row(&row, known)])
        }
        Change::Commit(handle) => words([11, of_handle(&handle)]),
        Change::Rollback(name) => words([12, of_name(&name)]),
    }
}

fn of_item(item: &ChannelItem, known: &Vocabulary) -> u64 {
    match item {
        ChannelItem::Row(row) => words([1, of_row(row, known)]),
        ChannelItem::Watermark(at) => words([2, at.0 as u64]),
        ChannelItem::Barrier(checkpoint) => words([3, (*checkpoint).into()]),
        ChannelItem::Handle(handle) => words([4, of_handle(handle)]),
        ChannelItem::End => 5,
    }
}

fn of_row(FlowingRow { record, pane }: &FlowingRow, known: &Vocabulary) -> u64 {
    let pane = pane.map_or(0, |pane| words([pane.start.0 as u64, pane.value as u64]));
    words([record.digest(known), pane])
}

fn of_blob(BlobId { task, attempt, checkpoint, upload }: &BlobId) -> u64 {
    words([task.0.into(), (*attempt).into(), (*checkpoint).into(), (*upload).into()])
}

fn of_name(TransactionName { writer, attempt, checkpoint }: &TransactionName) -> u64 {
    words([(*writer).into(), (*attempt).into(), (*checkpoint).into()])
}

fn of_handle(handle: &TransactionHandle) -> u64 {
    let TransactionHandle { transaction, epoch, checkpoint, attempt: _, first: _ } = handle;
    words([of_name(transaction), (*epoch).into(), (*checkpoint).into()])
}
