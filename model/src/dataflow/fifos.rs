//! Many short queues in one slab, so that queueing allocates nothing once the slab has grown.

use onceproof_kernel::copied_by_field;
use slab::Slab;

const NONE: u32 = u32::MAX;

/// One queue of a [`Fifos`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Fifo {
    head: u32,
    tail: u32,
}

impl Default for Fifo {
    fn default() -> Fifo {
        Fifo { head: NONE, tail: NONE }
    }
}

impl Fifo {
    /// Whether nothing is in it.
    pub fn is_empty(&self) -> bool {
        self.head == NONE
    }
}

/// The memory of many queues.
#[derive(Debug)]
pub struct Fifos<T> {
    nodes: Slab<(T, u32)>,
}

copied_by_field!([T: Clone] Fifos<T> { nodes });

impl<T> Default for Fifos<T> {
    fn default() -> Fifos<T> {
        Fifos { nodes: Slab::new() }
    }
}

impl<T> Fifos<T> {
    /// The items of a queue, first to last.
    pub fn iter(&self, queue: &Fifo) -> impl Iterator<Item = &T> {
        let mut at = queue.head;
        std::iter::from_fn(move || {
            let (item, next) = self.nodes.get(at as usize)?;
            at = *next;
            Some(item)
        })
    }

    /// Adds an item at the end of a queue.
    pub fn push_back(&mut self, queue: &mut Fifo, item: T) {
        let node = self.nodes.insert((item, NONE)) as u32;
        match queue.tail {
            NONE => queue.head = node,
            tail => self.nodes[tail as usize].1 = node,
        }
        queue.tail = node;
    }

    /// Adds an item at the front of a queue.
    pub fn push_front(&mut self, queue: &mut Fifo, item: T) {
        let node = self.nodes.insert((item, queue.head)) as u32;
        if queue.tail == NONE {
            queue.tail = node;
        }
        queue.head = node;
    }

    /// Takes the first item of a queue.
    pub fn pop_front(&mut self, queue: &mut Fifo) -> Option<T> {
        if queue.head == NONE {
            return None;
        }
        let (item, next) = self.nodes.remove(queue.head as usize);
        queue.head = next;
        if next == NONE {
            queue.tail = NONE;
        }
        Some(item)
    }

    /// Drops the items of all queues.
    pub fn clear(&mut self) {
        self.nodes.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_queues_share_memory_and_keep_their_order() {
        let mut queues = Fifos::default();
        let (mut a, mut b) = (Fifo::default(), Fifo::default());
        for n in 0..3 {
            queues.push_back(&mut a, n);
            queues.push_back(&mut b, 10 + n);
        }
        queues.push_front(&mut b, 9);
        let mut take = |queue: &mut Fifo| std::iter::from_fn(|| queues.pop_front(queue)).collect();
        let (a_items, b_items): (Vec<i32>, Vec<i32>) = (take(&mut a), take(&mut b));
        assert_eq!((a_items, b_items), (vec![0, 1, 2], vec![9, 10, 11, 12]));
        assert!(a.is_empty() && b.is_empty());
    }
}
