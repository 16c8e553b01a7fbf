//! Keys are texts, and so are some values. A run keeps each text once and hands out small handles, so that
//! records stay small and own nothing. What decides (the shard of a key, the hash in a name) comes from the
//! text, never from the handle.

use crate::mix;
use hashbrown::HashTable;

/// The handle of a key in its [`Keys`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Key(pub u32);

impl Key {
    /// The one key of a global count, `*`.
    pub const GLOBAL: Key = Key(0);
}

/// All keys of a run.
#[derive(Debug)]
pub struct Keys {
    texts: Vec<Box<str>>,
    hashes: Vec<u64>,
    index: HashTable<u32>,
}

crate::copied_by_field!(Keys { texts, hashes, index });

impl Default for Keys {
    fn default() -> Keys {
        let mut keys = Keys { texts: Vec::new(), hashes: Vec::new(), index: HashTable::new() };
        let global = keys.intern("*");
        debug_assert_eq!(global, Key::GLOBAL);
        keys
    }
}

impl Keys {
    /// The handle of a text, new or old.
    pub fn intern(&mut self, text: &str) -> Key {
        let hash = mix::text(text);
        if let Some(key) = self.lookup(text, hash) {
            return key;
        }
        let handle = u32::try_from(self.texts.len()).expect("fewer than 2^32 keys");
        self.texts.push(text.into());
        self.hashes.push(hash);
        let hashes = &self.hashes;
        self.index.insert_unique(hash, handle, |&h| hashes[h as usize]);
        Key(handle)
    }

    /// The handle of a text that is already here.
    pub fn find(&self, text: &str) -> Option<Key> {
        self.lookup(text, mix::text(text))
    }

    fn lookup(&self, text: &str, hash: u64) -> Option<Key> {
        self.index.find(hash, |&h| &*self.texts[h as usize] == text).map(|&h| Key(h))
    }

    /// The text of a key.
    pub fn text(&self, key: Key) -> &str {
        &self.texts[key.0 as usize]
    }

    /// The hash of a key's text, the same in every run.
    pub fn hash(&self, key: Key) -> u64 {
        self.hashes[key.0 as usize]
    }

    /// The hashes of all texts, in the order of their handles.
    pub fn hashes(&self) -> &[u64] {
        &self.hashes
    }

    /// How many keys there are.
    pub fn len(&self) -> usize {
        self.texts.len()
    }

    /// Whether there is no key; never, since `*` always is one.
    pub fn is_empty(&self) -> bool {
        self.texts.is_empty()
    }

    /// Forgets all keys but the first `len`, for the next run over the same input.
    pub fn truncate(&mut self, len: usize) {
        let hashes = &self.hashes;
        for (handle, &hash) in hashes.iter().enumerate().skip(len) {
            if let Ok(entry) = self.index.find_entry(hash, |&h| h as usize == handle) {
                entry.remove();
            }
        }
        self.texts.truncate(len);
        self.hashes.truncate(len);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_has_one_handle_and_truncation_forgets_it() {
        let mut keys = Keys::default();
        let ann = keys.intern("ann");
        assert_eq!(keys.intern("ann"), ann);
        let len = keys.len();
        let bob = keys.intern("bob");
        assert_ne!(ann, bob);
        keys.truncate(len);
        assert_eq!(keys.find("bob"), None);
        assert_eq!(keys.find("ann"), Some(ann));
        assert_eq!(keys.text(Key::GLOBAL), "*");
    }
}
