//! What a handle of a vault says with each operation, besides its arguments, and what it is for.

use std::rc::Rc;

use super::view::View;

/// Who asks: one handle of a vault.
#[derive(Clone, Default)]
pub(crate) struct Caller {
    /// Why it is done, where somebody said so.
    pub(crate) reason: Option<Rc<str>>,
    /// Others' approvals of it, as they were given.
    pub(crate) approvals: Rc<[String]>,
    /// What the handle is for, where that is not everything.
    pub(crate) view: Option<Rc<View>>,
}
