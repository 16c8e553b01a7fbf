//! Copies of what a run is made of, into the memory of an older copy. A search copies a world for each schedule, and a derived
//! `clone_from` would let go of all memory and ask for as much again: a third of the time of a copy.

/// Makes a struct one whose copies are made field by field, each into the memory of the field that it replaces. All fields
/// are named, so that none is forgotten.
#[macro_export]
macro_rules! copied_by_field {
    ([$($generics:tt)*] $type:ty { $($field:ident),+ $(,)? }) => {
        impl<$($generics)*> Clone for $type {
            fn clone(&self) -> Self {
                let Self { $($field),+ } = self;
                Self { $($field: Clone::clone($field)),+ }
            }

            fn clone_from(&mut self, from: &Self) {
                let Self { $($field),+ } = from;
                $(Clone::clone_from(&mut self.$field, $field);)+
            }
        }
    };
    ($type:ty { $($field:ident),+ $(,)? }) => {
        $crate::copied_by_field!([] $type { $($field),+ });
    };
}

#[cfg(test)]
mod tests {
    struct Both<T> {
        list: Vec<T>,
        number: u32,
    }

    copied_by_field!([T: Clone] Both<T> { list, number });

    #[test]
    fn a_copy_is_made_into_the_memory_that_is_there() {
        let from = Both { list: vec![1, 2], number: 3 };
        let mut into = Both { list: vec![0; 9], number: 0 };
        let memory = into.list.as_ptr();
        into.clone_from(&from);
        assert_eq!((&into.list[..], into.number, into.list.as_ptr()), (&[1, 2][..], 3, memory));
        assert_eq!(from.clone().list, [1, 2]);
    }
}
