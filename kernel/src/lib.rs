//! The words of any system under test: times, keys, names, and what it is to be at rest. Like the systems
//! themselves it has no clock, no chance and no IO.

pub mod time;
pub mod mix;
pub mod key;
pub mod layout;
pub mod alphabet;
pub mod name;
pub mod record;
pub mod tell;
pub mod retry;
pub mod call;
pub mod system;
pub mod effect;
pub mod source;
pub mod right;
pub mod prefix;
pub mod rest;
