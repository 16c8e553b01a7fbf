//! Traces: what the first commit that mentions a record says of it. A later one that disagrees shows two
//! executions of one record, both of which left something durable: the record is divergent.

use onceproof_kernel::key::Key;
use onceproof_kernel::mix::{fold, scatter};
use onceproof_kernel::name::Name;
use onceproof_kernel::rest::Rest;

/// What commits say of each name.
#[derive(Debug, Default)]
pub(super) struct Traces {
    traces: Vec<Trace>,
    /// Records with traces that disagree, each with the lineages of both.
    pub divergent: Vec<(Name, u32)>,
    /// For each two of these, what the traces say.
    pub disagreements: Vec<Disagreement>,
}

/// What two commits say of one record.
#[derive(Clone, Copy, Debug)]
pub(super) struct Disagreement {
    pub name: Name,
    pub keys: [Key; 2],
    pub values: [i64; 2],
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
struct Trace {
    content: u64,
    value: i64,
    key: Key,
    lineage: u32,
}

/// The content of a trace that says nothing of the content. Those that do are odd.
const HINT: u64 = 2;

impl Trace {
    const NONE: Trace = Trace { content: 0, value: 0, key: Key::GLOBAL, lineage: 0 };
}

impl Traces {
    /// Adds what was said of each name.
    pub fn rest(&self, rest: &mut Rest) {
        let Traces { traces, divergent, disagreements: _ } = self;
        // How far the list has grown says nothing.
        rest.add_set(traces.iter().enumerate().filter(|(_, trace)| trace.content != 0));
        rest.add_set(divergent);
    }

    pub fn clear(&mut self) {
        self.traces.clear();
        self.divergent.clear();
        self.disagreements.clear();
    }

    /// A commit says this of a record. Its key may have been replaced by `*` for a global count.
    pub fn see(&mut self, name: Name, lineage: u32, key: Key, weight: i64, value: i64) {
        let at = name.0 as usize;
        if at >= self.traces.len() {
            self.traces.resize((at + 1).max(self.traces.len() * 2), Trace::NONE);
        }
        let trace = &mut self.traces[at];
        let content = fold(weight as u64, scatter(value as u64)) | 1;
        if trace.content == 0 || trace.content == HINT {
            *trace = Trace { content, value, key, lineage };
            return;
        }
        let keys_agree = trace.key == key || trace.key == Key::GLOBAL || key == Key::GLOBAL;
        if trace.content != content || !keys_agree {
            self.divergent.extend([(name, trace.lineage), (name, lineage)]);
            let (keys, values) = ([trace.key, key], [trace.value, value]);
            self.disagreements.push(Disagreement { name, keys, values });
        }
        if trace.key == Key::GLOBAL {
            trace.key = key;
        }
    }

    /// A commit mentions that a record came, under this key and with this value, and keeps neither: enough
    /// to tell which answer won, and too little to disagree with.
    pub fn hint(&mut self, name: Name, key: Key, value: i64) {
        let at = name.0 as usize;
        if at >= self.traces.len() {
            self.traces.resize((at + 1).max(self.traces.len() * 2), Trace::NONE);
        }
        let trace = &mut self.traces[at];
        if trace.content == 0 {
            *trace = Trace { content: HINT, value, key, lineage: 0 };
        }
    }

    /// Whether something was said of a name, and always the same.
    pub fn is_agreed(&self, name: Name) -> bool {
        let trace = self.traces.get(name.0 as usize);
        trace.is_some_and(|trace| trace.content != 0 && trace.content != HINT)
            && self.disagreements.iter().all(|disagreement| disagreement.name != name)
    }

    /// The key and value that won: those of the first commit that mentions the record.
    pub fn winner(&self, name: Name) -> Option<(Key, i64)> {
        let trace = self.traces.get(name.0 as usize)?;
        (trace.content != 0).then_some((trace.key, trace.value))
    }
}
