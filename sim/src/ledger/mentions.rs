//! Mentions: what the first commit that mentions a record says of it. A later one that disagrees shows two
//! executions of one record, both of which left something durable: the record is divergent.

use onceproof_kernel::copied_by_field;
use onceproof_kernel::key::Key;
use onceproof_kernel::name::Name;
use onceproof_kernel::state::WorldState;

/// What commits say of each name.
#[derive(Debug, Default)]
pub(super) struct Mentions {
    mentions: Vec<Mention>,
    /// Records with mentions that disagree, each with the lineages of both.
    pub divergent: Vec<(Name, u32)>,
    /// For each two of these, what the mentions say.
    pub disagreements: Vec<Disagreement>,
}

copied_by_field!(Mentions { mentions, divergent, disagreements });

/// What two commits say of one record.
#[derive(Clone, Copy, Debug)]
pub(super) struct Disagreement {
    pub name: Name,
    pub keys: [Key; 2],
    pub values: [i64; 2],
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
struct Mention {
    /// What it says of the weight; or [`Mention::UNKNOWN`], or [`Mention::HINT`] of what says nothing of it.
    weight: i64,
    value: i64,
    key: Key,
    lineage: u32,
}

impl Mention {
    /// No record weighs this.
    const UNKNOWN: i64 = i64::MIN;
    const HINT: i64 = i64::MIN + 1;
    const NONE: Mention =
        Mention { weight: Mention::UNKNOWN, value: 0, key: Key::GLOBAL, lineage: 0 };

    /// Whether anything was said.
    fn is_known(&self) -> bool {
        self.weight != Mention::UNKNOWN
    }

    /// Whether enough was said to disagree with.
    fn is_whole(&self) -> bool {
        self.weight > Mention::HINT
    }
}

impl Mentions {
    /// Adds what was said of each name.
    pub fn tell_state(&self, state: &mut WorldState) {
        let Mentions { mentions, divergent, disagreements: _ } = self;
        // How far the list has grown says nothing.
        state.add_set(mentions.iter().enumerate().filter(|(_, mention)| mention.is_known()));
        state.add_set(divergent);
    }

    pub fn clear(&mut self) {
        self.mentions.clear();
        self.divergent.clear();
        self.disagreements.clear();
    }

    /// A commit says this of a record. Its key may have been replaced by `*` for a global count.
    #[inline]
    pub fn see(&mut self, name: Name, lineage: u32, key: Key, weight: i64, value: i64) {
        let seen = Mention { weight, value, key, lineage };
        debug_assert!(seen.is_whole(), "no record weighs so little");
        let mention = self.of(name);
        if !mention.is_whole() {
            *mention = seen;
        } else if mention.weight != weight || mention.value != value || mention.key != key {
            self.compare(name, seen);
        }
    }

    /// A commit says something else of a record than was said of it, or the same under another key.
    #[cold]
    fn compare(&mut self, name: Name, seen: Mention) {
        let Mention { weight, value, key, lineage } = seen;
        let mention = *self.of(name);
        let keys_agree = mention.key == key || mention.key == Key::GLOBAL || key == Key::GLOBAL;
        if mention.weight != weight || mention.value != value || !keys_agree {
            self.divergent.extend([(name, mention.lineage), (name, lineage)]);
            let (keys, values) = ([mention.key, key], [mention.value, value]);
            self.disagreements.push(Disagreement { name, keys, values });
        }
        if mention.key == Key::GLOBAL {
            self.of(name).key = key;
        }
    }

    /// A commit mentions that a record came, under this key and with this value, and keeps neither: enough
    /// to tell which answer won, and too little to disagree with.
    #[inline]
    pub fn hint(&mut self, name: Name, key: Key, value: i64) {
        let mention = self.of(name);
        if !mention.is_known() {
            *mention = Mention { weight: Mention::HINT, value, key, lineage: 0 };
        }
    }

    /// What is said of a name, to be changed.
    #[inline(always)]
    fn of(&mut self, name: Name) -> &mut Mention {
        let at = name.0 as usize;
        if at >= self.mentions.len() {
            self.grow(at);
        }
        &mut self.mentions[at]
    }

    #[cold]
    fn grow(&mut self, at: usize) {
        self.mentions.resize((at + 1).max(self.mentions.len() * 2), Mention::NONE);
    }

    /// Whether something was said of a name, and always the same.
    pub fn is_agreed(&self, name: Name) -> bool {
        let mention = self.mentions.get(name.0 as usize);
        mention.is_some_and(Mention::is_whole)
            && self.disagreements.iter().all(|disagreement| disagreement.name != name)
    }

    /// The key and value that won: those of the first commit that mentions the record.
    pub fn winner(&self, name: Name) -> Option<(Key, i64)> {
        let mention = self.mentions.get(name.0 as usize)?;
        mention.is_known().then_some((mention.key, mention.value))
    }
}
