//! The state of a world between two events, put into one number, so that two runs can be compared: in one state at one time,
//! they have one future.
//!
//! Each part of a world takes itself apart, so that a new field does not compile until it is said what it is:
//! state, something that decides nothing, or something with which the state cannot be told. What decides nothing are caches,
//! memory that is used again, and figures for the report. Numbers that only tell messages apart (tokens, serials, numbers
//! of commits) go in by how long ago they were given; where something is kept (a slot), by its age among what is kept.
//! Two states that differ in such a number only are one; two that are taken for one and are not would hide a failure.

use crate::call::Serial;
use crate::layout::ShardIndex;
use crate::mix::{fold, scatter};
use std::hash::{Hash, Hasher};

/// Whether the state of a world can be told, and which it is.
#[derive(Debug)]
pub struct WorldState {
    halves: [u64; 2],
    is_told: bool,
    lives: Vec<Life>,
    knows_earlier_lives: bool,
}

/// How far the present life of a shard's owner has counted. What only tells messages apart is part of the state by how long
/// ago it was counted: in a run in which a message was sent once more, all later ones have other numbers and mean the same.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Life {
    /// Its token.
    pub token: u64,
    /// How many serials it has given out.
    pub serials: u64,
    /// The least number that no commit has which was applied.
    pub commits: u64,
}

impl Default for WorldState {
    fn default() -> WorldState {
        WorldState::of(Vec::new())
    }
}

impl WorldState {
    const BEGINNING: [u64; 2] = [1, 2];

    /// The state of a world whose shards, by their number, have these owners.
    pub fn of(lives: Vec<Life>) -> WorldState {
        WorldState {
            halves: WorldState::BEGINNING,
            is_told: true,
            lives,
            knows_earlier_lives: false,
        }
    }

    /// Adds by what a request of a shard is known.
    pub fn add_serial(&mut self, of: ShardIndex, serial: Serial) {
        let life = self.lives.get(of.at()).copied();
        let ago = life.and_then(|life| life.token.checked_sub(serial.token()));
        match (ago, life) {
            _ if serial == Serial::default() => self.add(0_u8),
            (Some(0), Some(Life { serials, .. })) => {
                self.add((1_u8, serials.wrapping_sub(serial.number()), serial.is_marked()));
            }
            (Some(ago), _) => {
                self.knows_earlier_lives = true;
                self.add((2_u8, ago, serial.number(), serial.is_marked()));
            }
            (None, _) => self.requires(false),
        }
    }

    /// Adds what an earlier life of a shard has that goes on: its numbers are part of the state as they are.
    pub fn add_earlier_life(&mut self, of: ShardIndex, add: impl FnOnce(&mut WorldState)) {
        let Some(life) = self.lives.get(of.at()).copied() else { return self.requires(false) };
        self.knows_earlier_lives = true;
        self.lives[of.at()] = Life { serials: 0, commits: 0, ..life };
        add(self);
        self.lives[of.at()] = life;
    }

    /// Adds the number of a request that the present life of a shard's owner has made.
    pub fn add_number(&mut self, of: ShardIndex, number: u64) {
        match self.lives.get(of.at()) {
            Some(life) => self.add(life.serials.wrapping_sub(number)),
            None => self.requires(false),
        }
    }

    /// Adds the number of a commit of a shard's owner.
    pub fn add_commit(&mut self, of: ShardIndex, number: u64) {
        match self.lives.get(of.at()) {
            Some(life) => self.add(number.wrapping_sub(life.commits)),
            None => self.requires(false),
        }
    }

    /// Adds what a shard's owner has by the numbers of its commits.
    pub fn add_commits<'a>(
        &mut self,
        of: ShardIndex,
        parts: impl IntoIterator<Item = (&'a u64, impl Hash)>,
    ) {
        let mut length = 0_u64;
        for (&number, part) in parts {
            self.add_commit(of, number);
            self.add(part);
            length += 1;
        }
        self.add(length);
    }

    /// Whether anything was added that hangs on where a shard was in an earlier life.
    pub fn knows_earlier_lives(&self) -> bool {
        self.knows_earlier_lives
    }

    /// It cannot be told unless this is so.
    pub fn requires(&mut self, is_so: bool) {
        self.is_told &= is_so;
    }

    /// Whether it can be told, as far as it was asked.
    pub fn is_told(&self) -> bool {
        self.is_told
    }

    /// Adds a part of the state.
    pub fn add(&mut self, part: impl Hash) {
        part.hash(self);
    }

    /// Adds parts that are in an order.
    pub fn add_list(&mut self, parts: impl IntoIterator<Item = impl Hash>) {
        let mut length = 0_u64;
        for part in parts {
            part.hash(self);
            length += 1;
        }
        length.hash(self);
    }

    /// Adds parts whose order means nothing.
    pub fn add_set(&mut self, parts: impl IntoIterator<Item = impl Hash>) {
        self.add_each(parts, |one, part| part.hash(one));
    }

    /// Adds parts whose order means nothing, each by this.
    pub fn add_each<T>(
        &mut self,
        parts: impl IntoIterator<Item = T>,
        mut add: impl FnMut(&mut WorldState, T),
    ) {
        let mut sum = [0_u64; 2];
        let before = self.halves;
        for part in parts {
            self.halves = WorldState::BEGINNING;
            add(self, part);
            for (sum, half) in sum.iter_mut().zip(self.halves) {
                *sum = sum.wrapping_add(scatter(half));
            }
        }
        self.halves = before;
        sum.hash(self);
    }

    /// The state, if it can be told.
    pub fn state(&self) -> Option<u128> {
        let [low, high] = self.halves.map(scatter);
        self.is_told.then_some((u128::from(high) << 64) | u128::from(low))
    }
}

impl Hasher for WorldState {
    fn write(&mut self, bytes: &[u8]) {
        let (words, last) = bytes.as_chunks();
        for &word in words {
            self.write_u64(u64::from_le_bytes(word));
        }
        if !last.is_empty() {
            let mut word = [0; 8];
            word[..last.len()].copy_from_slice(last);
            self.write_u64(u64::from_le_bytes(word));
        }
    }

    #[inline]
    fn write_u64(&mut self, word: u64) {
        let [low, high] = self.halves;
        let low = fold(low, word);
        self.halves = [low, fold(high.rotate_left(23) ^ low, !word)];
    }

    #[inline]
    fn write_u8(&mut self, word: u8) {
        self.write_u64(word.into());
    }

    #[inline]
    fn write_u16(&mut self, word: u16) {
        self.write_u64(word.into());
    }

    #[inline]
    fn write_u32(&mut self, word: u32) {
        self.write_u64(word.into());
    }

    #[inline]
    fn write_usize(&mut self, word: usize) {
        self.write_u64(word as u64);
    }

    fn finish(&self) -> u64 {
        self.halves[0]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state(fill: impl Fn(&mut WorldState)) -> Option<u128> {
        let mut state = WorldState::default();
        fill(&mut state);
        state.state()
    }

    #[test]
    fn lists_have_an_order_and_sets_have_none() {
        assert_ne!(state(|state| state.add_list([1, 2])), state(|state| state.add_list([2, 1])));
        assert_eq!(
            state(|state| state.add_set([1, 2, 3])),
            state(|state| state.add_set([3, 1, 2]))
        );
        assert_ne!(state(|state| state.add_set([1, 1])), state(|state| state.add_set([1])));
        assert_ne!(state(|state| state.add_set([1, 3])), state(|state| state.add_set([2, 2])));
    }

    #[test]
    fn where_a_list_ends_is_part_of_the_state() {
        let lists = |first: &'static [u8], second: &'static [u8]| {
            state(move |state| {
                state.add_list(first);
                state.add_list(second);
            })
        };
        assert_ne!(lists(&[1], &[2, 3]), lists(&[1, 2], &[3]));
        assert_ne!(lists(&[], &[1]), lists(&[1], &[]));
    }

    #[test]
    fn every_part_is_part_of_the_state() {
        let parts = [state(|_| {}), state(|state| state.add(1)), state(|state| state.add(2))];
        assert_eq!(parts[1], state(|state| state.add(1)));
        assert_ne!(parts[0], parts[1]);
        assert_ne!(parts[1], parts[2]);
    }

    #[test]
    fn what_is_not_so_leaves_nothing_told() {
        assert!(state(|state| state.requires(true)).is_some());
        assert_eq!(state(|state| state.requires(false)), None);
        assert_eq!(
            state(|state| [false, true].map(|is_so| state.requires(is_so)).iter().for_each(drop)),
            None
        );
    }

    /// The state with one request of shard 0 on its way, whose owner has counted so far.
    fn waiting(life: Life, token: u64, serial: u64) -> (Option<u128>, bool) {
        let mut state = WorldState::of(vec![life]);
        state.add_serial(ShardIndex(0), Serial::new(token, serial));
        (state.state(), state.knows_earlier_lives())
    }

    #[test]
    fn a_request_is_known_by_how_long_ago_it_was_made_and_by_its_life() {
        let life = Life { token: 3, serials: 9, commits: 0 };
        let (last, _) = waiting(life, 3, 9);
        assert_eq!(waiting(Life { token: 5, serials: 2, commits: 7 }, 5, 2), (last, false));
        assert_ne!(waiting(life, 3, 8).0, last);
        let (earlier, knows) = waiting(life, 2, 9);
        assert!(earlier.is_some() && earlier != last && knows);
        // Nobody has a token that was not granted.
        assert_eq!(waiting(life, 4, 1).0, None);
        let mut state = WorldState::of(vec![life]);
        state.add_serial(ShardIndex(0), Serial::default());
        assert!(state.state().is_some_and(|none| Some(none) != last));
    }

    #[test]
    fn what_has_numbers_is_known_by_how_long_ago_they_were_given() {
        let of = |serials, commits, fill: &dyn Fn(&mut WorldState)| {
            let mut state = WorldState::of(vec![Life { token: 1, serials, commits }]);
            fill(&mut state);
            state.state()
        };
        let request =
            |number| move |state: &mut WorldState| state.add_number(ShardIndex(0), number);
        assert_eq!(of(4, 0, &request(3)), of(9, 5, &request(8)));
        assert_ne!(of(4, 0, &request(3)), of(4, 0, &request(2)));
        let commit = |number: u64, part: u8| {
            move |state: &mut WorldState| state.add_commits(ShardIndex(0), [(&number, part)])
        };
        assert_eq!(of(0, 4, &commit(5, 1)), of(3, 7, &commit(8, 1)));
        assert_ne!(of(0, 4, &commit(5, 1)), of(0, 4, &commit(6, 1)));
        assert_ne!(of(0, 4, &commit(5, 1)), of(0, 4, &commit(5, 2)));
        let none = |state: &mut WorldState| state.add_commits(ShardIndex(0), [(&1, 0); 0]);
        assert_ne!(of(0, 4, &commit(5, 1)), of(0, 4, &none));
    }

    #[test]
    fn what_an_earlier_life_has_is_known_by_its_numbers() {
        let of = |life, number| {
            let mut state = WorldState::of(vec![life]);
            state.add_earlier_life(ShardIndex(0), |state| state.add_number(ShardIndex(0), number));
            state.add_number(ShardIndex(0), 7);
            (state.state(), state.knows_earlier_lives())
        };
        let life = Life { token: 2, serials: 9, commits: 1 };
        let (told, knows) = of(life, 3);
        assert!(told.is_some() && knows);
        assert_ne!(of(life, 4).0, told);
        // What the present life has given out since is known by that, and what the earlier one has is not.
        assert_ne!(of(Life { serials: 10, ..life }, 3).0, told);
        assert_ne!(of(Life { serials: 10, ..life }, 4).0, told);
    }

    #[test]
    fn a_commit_is_known_by_how_many_were_applied_since() {
        let of = |commits, number| {
            let mut state = WorldState::of(vec![Life { token: 1, serials: 0, commits }]);
            state.add_commit(ShardIndex(0), number);
            state.state()
        };
        assert_eq!(of(4, 5), of(7, 8));
        assert_ne!(of(4, 5), of(4, 6));
    }

    #[test]
    fn the_parts_of_a_set_are_added_as_they_are_told() {
        let of = |parts: &[(u64, u64)]| {
            state(|state| {
                state.add(7);
                state.add_each(parts, |state, (key, value)| state.add((key, value)));
                state.add(8);
            })
        };
        assert_eq!(of(&[(1, 2), (3, 4)]), of(&[(3, 4), (1, 2)]));
        assert_ne!(of(&[(1, 2), (3, 4)]), of(&[(1, 4), (3, 2)]));
        assert_ne!(of(&[]), of(&[(1, 2)]));
    }
}
