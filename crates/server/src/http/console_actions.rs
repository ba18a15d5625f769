//! The actions of the console that a caller may not perform.

use domain::{Permission, Permissions};

/// The actions and their permissions: names of dialogs and groups of buttons, and paths of pages. Style sheets hide the
/// controls by these names.
const ACTIONS: [(&str, Permission); 15] = [
    ("create", Permission::WriteItems),
    ("edit", Permission::WriteItems),
    ("rename", Permission::WriteItems),
    ("add", Permission::WriteItems),
    ("receive", Permission::WriteStock),
    ("write-off", Permission::WriteStock),
    ("move", Permission::WriteStock),
    ("place", Permission::WriteHolds),
    ("blocks", Permission::WriteHolds),
    ("cancel", Permission::WriteOrders),
    ("allocate", Permission::WriteOrders),
    ("lines", Permission::WriteOrders),
    ("/orders/new", Permission::WriteOrders),
    ("/imports", Permission::ImportItems),
    ("/stock", Permission::WriteStock),
];

/// Returns the actions that need a permission outside of the set.
pub(super) fn forbidden(permissions: Permissions) -> Vec<&'static str> {
    let missing = ACTIONS.into_iter().filter(|(_, permission)| !permissions.contains(*permission));
    missing.map(|(action, _)| action).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::Role;

    #[test]
    fn a_role_decides_which_actions_are_forbidden() {
        assert_eq!(forbidden(Role::Viewer.permissions()).len(), ACTIONS.len());
        assert_eq!(forbidden(Role::Operator.permissions()), ["create", "edit", "rename", "add"]);
        for role in [Role::Manager, Role::Administrator] {
            assert!(forbidden(role.permissions()).is_empty());
        }
    }

    #[test]
    fn style_sheets_hide_each_action() {
        let style = include_str!("../../../../style/_access.scss");
        for (action, _) in ACTIONS {
            assert!(style.contains(action), "{action}");
        }
    }
}
