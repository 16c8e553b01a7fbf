//! A pool of items that are copied: each has a number while it is in use, and its place is used again.

use onceproof_kernel::copied_by_field;
use std::ops::{Index, IndexMut};

/// The items.
#[derive(Debug)]
pub(crate) struct Pool<T> {
    items: Vec<T>,
    free: Vec<u32>,
}

copied_by_field!([T: Copy] Pool<T> { items, free });

impl<T> Default for Pool<T> {
    fn default() -> Pool<T> {
        Pool { items: Vec::new(), free: Vec::new() }
    }
}

impl<T: Copy> Pool<T> {
    /// Puts an item in, and returns its number.
    #[inline]
    pub fn insert(&mut self, item: T) -> u32 {
        match self.free.pop() {
            Some(number) => {
                self.items[number as usize] = item;
                number
            }
            None => {
                self.items.push(item);
                self.items.len() as u32 - 1
            }
        }
    }

    /// Takes an item out; its number means nothing any more.
    #[inline]
    pub fn take(&mut self, number: u32) -> T {
        self.free(number);
        self.items[number as usize]
    }

    /// Lets an item go of which nothing is needed any more.
    #[inline]
    pub fn free(&mut self, number: u32) {
        self.free.push(number);
    }

    /// Takes all items out.
    pub fn clear(&mut self) {
        self.items.clear();
        self.free.clear();
    }

    /// Whether no item is in use.
    pub fn is_empty(&self) -> bool {
        self.items.len() == self.free.len()
    }
}

impl<T> Index<u32> for Pool<T> {
    type Output = T;

    #[inline]
    fn index(&self, number: u32) -> &T {
        &self.items[number as usize]
    }
}

impl<T> IndexMut<u32> for Pool<T> {
    #[inline]
    fn index_mut(&mut self, number: u32) -> &mut T {
        &mut self.items[number as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_place_that_was_left_is_used_again_first() {
        let mut pool = Pool::default();
        assert!(pool.is_empty());
        assert_eq!(["a", "b", "c"].map(|item| pool.insert(item)), [0, 1, 2]);
        assert_eq!((pool.take(0), pool.take(1)), ("a", "b"));
        assert_eq!((pool.insert("d"), pool.insert("e"), pool.insert("f")), (1, 0, 3));
        pool[0] = "g";
        assert_eq!((pool[0], pool[1], pool[2]), ("g", "d", "c"));
        assert!(!pool.is_empty());
        pool.clear();
        assert!(pool.is_empty());
    }
}
