"""Users, groups and service principals by the official SDK, in the account and in a workspace; who may do what there."""

from databricks.sdk import AccountClient, WorkspaceClient
from databricks.sdk.service import iam, settings

from workspaces import make_workspace, refused

account = AccountClient()


def names(principals):
    return sorted(each.display_name for each in principals)


def patch(op, path=None, value=None):
    return {
        "operations": [iam.Patch(op=op, path=path, value=value)],
        "schemas": [iam.PatchSchema.URN_IETF_PARAMS_SCIM_API_MESSAGES_2_0_PATCH_OP],
    }


# In the account.
ann = account.users.create(user_name="ann@example.com", display_name="Ann", roles=[iam.ComplexValue(value="account_admin")])
robot = account.service_principals.create(display_name="robot")
team = account.groups.create(display_name="team", members=[iam.ComplexValue(value=ann.id), iam.ComplexValue(value=robot.id)])
print("made", ann.user_name, ann.roles[0].value, robot.application_id is not None, sorted(each.display for each in team.members))
print("listed", names(account.users.list()), names(account.groups.list()))
print("found", [each.user_name for each in account.users.list(filter='userName eq "ANN@example.com"', attributes="id,userName")])
print("groups", [(each.display, each.type) for each in account.users.get(ann.id).groups])
refused(account.users.create, user_name="Ann@example.com")
refused(lambda: list(account.users.list(filter="userName gt 1")))
refused(account.users.get, "1")
account.groups.patch(team.id, **patch(iam.PatchOp.REMOVE, f'members[value eq "{robot.id}"]'))
print("left", [each.display for each in account.groups.get(team.id).members])
for count in range(120):
    account.groups.create(display_name=f"many-{count:03}")
many = [each.display_name for each in account.groups.list(filter='displayName sw "many"', sort_by="displayName", count=50)]
print("paged", len(many), many == sorted(many))

# In a workspace.
workspace = make_workspace(account)
there = WorkspaceClient(host=account.config.host, workspace_id=str(workspace.workspace_id))
me = there.current_user.me()
print("me", me.user_name, [each.display for each in me.groups])
print("groups", names(there.groups.list()), "users", names(there.users.list()))
assigned = account.workspace_assignment.update(
    workspace.workspace_id, int(team.id), permissions=[iam.WorkspacePermission.USER]
)
print("assigned", assigned.principal.group_name, [each.value for each in assigned.permissions])
print("by way of the group", names(there.users.list()))
shown = there.users.get(ann.id)
print("groups", sorted((each.display, each.type) for each in shown.groups))
bob = there.users.create(
    user_name="bob@example.com",
    display_name="Bob",
    entitlements=[iam.ComplexValue(value="allow-cluster-create")],
)
print("made", bob.user_name, [each.value for each in bob.entitlements], [each.display for each in bob.groups])
admins = next(there.groups.list(filter='displayName eq "admins"'))
there.groups.patch(admins.id, **patch(iam.PatchOp.ADD, "members", [{"value": bob.id}]))
print("promoted", [each.display for each in there.users.get(bob.id).groups])
there.users.update(bob.id, user_name="bob@example.com", display_name="Robert", active=False)
bob = there.users.get(bob.id)
print("replaced", bob.display_name, bob.active, bob.entitlements, [each.display for each in bob.groups])
print("in the account", account.users.get(bob.id).active)
refused(there.users.create, user_name="bob@example.com")
refused(there.groups.delete, admins.id)
refused(there.groups.patch, team.id, **patch(iam.PatchOp.ADD, "members", [{"value": bob.id}]))
refused(there.users.create, user_name="eve@example.com", groups=[iam.ComplexValue(value="nobodies")])
there.users.delete(bob.id)
print("gone", names(there.users.list()), "stays", "Bob" in names(account.users.list()))
levels = account.workspace_assignment.get(workspace.workspace_id)
print("levels", [each.permission_level.value for each in levels.permissions])
account.workspace_assignment.delete(workspace.workspace_id, int(team.id))
print("assigned", sorted(each.principal.display_name for each in account.workspace_assignment.list(workspace.workspace_id)))

# Who may do what.
tokens = there.permissions.get("authorization", "tokens")
print("permissions", tokens.object_id, tokens.object_type, [each.group_name for each in tokens.access_control_list])
refused(there.permissions.get, "clusters", "none")
there.workspace_conf.set_status({"enableIpAccessLists": "true"})
print("conf", there.workspace_conf.get_status("enableIpAccessLists"))
refused(there.ip_access_lists.create, label="office", list_type=settings.ListType.ALLOW, ip_addresses=["203.0.113.0/24"])
made = there.ip_access_lists.create(label="here", list_type=settings.ListType.ALLOW, ip_addresses=["127.0.0.0/8", "::1"])
print("made", made.ip_access_list.label, made.ip_access_list.address_count, len(list(there.ip_access_lists.list())))
there.ip_access_lists.delete(made.ip_access_list.list_id)
name = f"accounts/{account.config.account_id}/servicePrincipals/{robot.application_id}/ruleSets/default"
rules = account.access_control.get_rule_set(name, "")
rules = account.access_control.update_rule_set(
    name,
    iam.RuleSetUpdateRequest(
        name=name,
        etag=rules.etag,
        grant_rules=[iam.GrantRule(role="roles/servicePrincipal.user", principals=["groups/team"])],
    ),
)
print("granted", rules.grant_rules[0].role, rules.grant_rules[0].principals)
setting = account.settings.disable_legacy_features.get()
print("setting", setting.disable_legacy_features.value)
account.users.delete(ann.id)
refused(account.users.get, ann.id)
