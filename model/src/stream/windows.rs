//! What is counted in the windows of a step whose results are panes: what is in none yet, and what leaves as the next one.

use super::{Flow, Record, Sum};
use crate::pipeline::StepKind;
use crate::window::Windowing;
use onceproof_kernel::env::Env;
use onceproof_kernel::key::Key;
use onceproof_kernel::layout::StepIndex;
use onceproof_kernel::mix::{self, words};
use onceproof_kernel::name::Vocabulary;
use onceproof_kernel::record::{RecordId, Value};
use onceproof_kernel::system::System;
use onceproof_kernel::tell::Tag;
use onceproof_kernel::time::Time;
use std::collections::BTreeMap;

/// A window of a key: its end, the hash of the key, which orders windows of one end alike in every run, and the key.
pub type WindowOfKey = (Time, u64, Key);

/// What is counted in a window that is not in a pane yet.
#[derive(Clone, Copy, PartialEq, Hash, Debug, Default)]
pub struct WindowContent {
    /// How much.
    pub sum: Sum,
    /// How many panes the window has had.
    pub panes: u32,
}

/// The windows of a step in which something is counted, or was and may be again.
#[derive(Clone, PartialEq, Hash, Debug, Default)]
pub struct CountedWindows(BTreeMap<WindowOfKey, WindowContent>);

/// What a window comes to.
#[derive(Clone, Copy, Debug)]
pub struct FiredWindow {
    /// The pane as a record.
    pub record: Record,
    /// The start of its window.
    pub start: Time,
    /// The sum of the values.
    pub value: i64,
}

impl CountedWindows {
    /// Forgets all.
    pub fn clear(&mut self) {
        self.0.clear();
    }

    /// What is counted in a window.
    pub fn content(&self, window: &WindowOfKey) -> Option<WindowContent> {
        self.0.get(window).copied()
    }

    /// The windows with something in them that end at this time or before.
    pub fn due(&self, watermark: Time) -> Vec<WindowOfKey> {
        let due = self.0.range(..=(watermark, u64::MAX, Key(u32::MAX)));
        let is_filled = |(_, content): &(&WindowOfKey, &WindowContent)| content.sum.weight != 0;
        due.filter(is_filled).map(|(&window, _)| window).collect()
    }

    /// Forgets windows that are empty and in which nothing will be counted any more.
    pub fn forget(&mut self, windowing: &Windowing, watermark: Time) {
        self.0.retain(|&(end, _, _), content| {
            content.sum.weight != 0 || end.plus(windowing.lateness) > watermark
        });
    }

    /// The same for equal contents.
    pub fn hash(&self) -> u64 {
        self.0.iter().fold(0, |all, ((end, key, _), WindowContent { sum, panes })| {
            let [end, weight, value] = [end.0, sum.weight, sum.value].map(|number| number as u64);
            words([all, end, *key, weight, value, (*panes).into()])
        })
    }
}

impl Flow<'_> {
    /// Counts a record in its window, and says which that is.
    pub fn counts<S: System, E: Env<S>>(
        &self,
        step: StepIndex,
        windowing: &Windowing,
        record: &Record,
        windows: &mut CountedWindows,
        env: &mut E,
    ) -> WindowOfKey {
        let start = windowing.start(record.event_time);
        let key = self.pipeline.key_at(step, record.key);
        let window = (windowing.end(start), env.words().keys.hash(key), key);
        let content = windows.0.entry(window).or_default();
        env.add(&mut content.sum.pile, record.key, &record.member());
        content.sum.add(record);
        window
    }

    /// What is in a window leaves it as a pane.
    pub fn fires<S: System, E: Env<S>>(
        &self,
        step: StepIndex,
        window: WindowOfKey,
        windows: &mut CountedWindows,
        env: &mut E,
    ) -> Option<FiredWindow> {
        let content = windows.0.get_mut(&window)?;
        let WindowContent { sum, panes } = *content;
        *content = WindowContent { panes: panes + 1, ..WindowContent::default() };
        let (end, _, key) = window;
        let kind = &self.pipeline.step(step).kind;
        let length = kind.windowing().map_or(0, |windowing| windowing.length);
        let start = end.minus(length);
        let hash = self.layout.hash(step);
        let Vocabulary { keys, names } = env.vocabulary();
        let name = names.pane(step.0, hash, key, start, panes, keys);
        let id = RecordId(mix::scatter(names.hash(name)));
        let lineage = env.read_pile(sum.pile);
        let total = if matches!(kind, StepKind::Sum(_)) { sum.value } else { sum.weight };
        let record = Record {
            tag: Tag { name, lineage },
            key,
            id,
            event_time: end.before(),
            weight: sum.weight,
            value: Value::Integer(total),
        };
        Some(FiredWindow { record, start, value: sum.value })
    }
}
