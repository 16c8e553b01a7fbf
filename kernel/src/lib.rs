//! What any system under test shares: times, keys and names; the layout of its steps and the alphabet of its protocol;
//! the door between a process and the world; what changes say to whoever watches, and what is right. Like the systems
//! themselves it has no clock, no chance and no IO.

pub mod time;
pub mod mix;
pub mod key;
pub mod layout;
pub mod alphabet;
pub mod name;
pub mod record;
pub mod tell;
pub mod told;
pub mod account;
pub mod retry;
pub mod call;
mod copied;
pub mod sorted;
pub mod system;
pub mod env;
pub mod effect;
pub mod source;
pub mod user;
pub mod right;
pub mod prefix;
pub mod state;
