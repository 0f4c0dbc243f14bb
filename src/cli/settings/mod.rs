//! From what was typed and set to what is done: everything decided, nothing left to interpret.

mod arguments;
pub(crate) mod descriptors;
pub(crate) mod folders;
pub(crate) mod layers;
pub(crate) mod members;
pub(crate) mod notice;
pub(crate) mod output;
pub(crate) mod outputs;
pub(crate) mod remote;
pub(crate) mod run;
pub(crate) mod saved;
pub(crate) mod screen;
pub(crate) mod shard;
pub(crate) mod source;
pub(crate) mod store;
mod toml_values;
pub(crate) mod typed;
pub(crate) mod vendor;
pub(crate) mod view;
