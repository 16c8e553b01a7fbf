//! Boot: a new owner takes a token, so that nothing of an earlier life can land any more, announces it to the
//! service that compares tokens, if it puts entries at one, and only then scans its rows. From them it rebuilds
//! its windows and its outbox, fires what is due, and resends what is not settled. It reports no watermark
//! before that: everything it found pins.

use super::Worker;
use crate::dataflow::defect::Defect;
use crate::dataflow::effect::{Context, Env};
use crate::dataflow::mechanism::Stamps;
use onceproof_kernel::time::Time;

impl Worker {
    pub(super) fn boot<E: Env>(&mut self, m: &mut Context<'_, E>) {
        let has_new_token = self.token == 0 || !self.has(Defect::NoTokenAtBoot);
        if has_new_token {
            self.token = m.ask().take_token(self.shard);
            self.serials = 0;
            let puts_fenced = m.design.pipeline.step(self.step).kind.puts_fenced();
            if puts_fenced && !self.has(Defect::TokenNotAnnounced) {
                m.ask().announce(self.shard, self.token);
            }
        }
        let scan = m.ask().scan(self.shard);

        self.gate.clear();
        self.rebuild_filters(has_new_token && self.token == 1, m);
        self.units.clear();
        self.lifted.clear();
        self.open = None;
        self.open_settle = None;
        self.executed_in_order = 0;
        if has_new_token {
            self.commits = 0;
        }
        self.calls.clear();
        self.outbox.clear();
        self.unsettled.clear();
        self.windows.clear();
        self.watermarks.restart(&scan.watermarks);
        self.promises.restart(scan.last_stamp);
        self.last_stamp = match scan.last_stamp {
            _ if self.has(Defect::StampsRestart) => Time(0),
            Some(stamp) => stamp,
            // What was stamped and not committed was never sent, and binds nobody.
            None => Time::MIN,
        };

        let queue = self.queue(m);
        self.given = scan.offsets.clone();
        if let Some(reader) = &mut self.reader {
            // A queue keeps no offsets: it knows itself what is not acked.
            let watermark = match queue {
                Some(_) => Time::MIN,
                None => m.ask().source_progress(self.shard, scan.offsets.next()),
            };
            reader.restart(scan.offsets, watermark);
        }
        if m.design.pipeline.step(self.step).kind.windowing().is_some() {
            for (key, start) in scan.windows {
                self.window_found(key, start, m);
            }
            if !self.has(Defect::BootFiresNothing) && !self.has(Defect::DueWindowForgotten) {
                self.advance_windows(m.design);
            }
        }
        for held in scan.held {
            let slot = self.outbox.make(held.record, held.to, 0);
            if self.mechanism.stamps == Stamps::Fresh {
                let stamp = self.stamp(Time::MIN, m.now);
                self.outbox.restamp(slot, stamp);
            }
            if !self.has(Defect::BootResendsNothing) {
                self.outbox.release(&[slot]);
            }
        }
        for owed in scan.owed {
            let call = self.owe(owed);
            self.send_call(call, m);
        }
        self.pump(m);
    }
}
