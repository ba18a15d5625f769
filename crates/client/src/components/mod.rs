//! The console's own building blocks.

pub mod badge;
pub mod bar;
pub mod block_dialogs;
pub mod block_table;
pub mod dialog;
pub mod empty;
pub mod field;
pub mod icon;
pub mod loaded;
pub mod page_head;
pub mod pager;
pub mod pause;
pub mod picker;
pub mod problem;
pub mod rows;
pub mod search;
pub mod skeleton;
pub mod sort;
pub mod tabs;
pub mod time;
pub mod toast;
pub mod when;
