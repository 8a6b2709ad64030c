import { behaviour, type DocumentedRule, scimRefusal } from "./documented-rule.ts";

/** What databricks-account-api.md B9 and databricks-workspace-api.md C10 say of SCIM at both levels, row by row. */
export const RULES_OF_SCIM = {
  "user-taken": {
    source: "C10 errors row 1, account",
    condition: "a user name is taken in the account, in other capitals",
    outcome: scimRefusal(
      409,
      "uniqueness",
      "User with email {name} already exists in this account. Note: emails are case insensitive (i.e abc@domain.com and ABC@DOMAIN.COM are considered equivalent)",
    ),
  },
  "user-taken-in-workspace": {
    source: "C10 errors row 1",
    condition: "a user name is taken in the workspace",
    outcome: scimRefusal(409, "uniqueness", "User with username {name} already exists."),
  },
  "group-taken": {
    source: "C10 errors row 2",
    condition: "a group's name is taken",
    outcome: scimRefusal(409, "uniqueness", "Group with name {name} already exists."),
  },
  "service-principal-taken": {
    source: "C10 errors row 3",
    condition: "an application id is taken",
    outcome: scimRefusal(409, "uniqueness", "Service principal with application ID {name} already exists."),
  },
  "user-unknown": {
    source: "C10 errors row 4",
    condition: "a user that is not there is asked for",
    outcome: scimRefusal(404, null, "User with id 1 not found."),
  },
  "group-unknown": {
    source: "C10 errors row 4",
    condition: "a group that is not there is removed",
    outcome: scimRefusal(404, null, "Group with id 1 not found."),
  },
  "service-principal-unknown": {
    source: "C10 errors row 4",
    condition: "a service principal that is not there is changed",
    outcome: scimRefusal(404, null, "Service principal with id 1 not found."),
  },
  "user-name-missing": {
    source: "C10 resources row User",
    condition: "a user has no userName",
    outcome: scimRefusal(400, "invalidValue", "userName '' is not an e-mail address."),
  },
  "group-name-missing": {
    source: "C10 resources row Group",
    condition: "a group has no displayName",
    outcome: scimRefusal(400, "invalidValue", "A group needs a displayName of up to 255 characters."),
  },
  "filter-operator": {
    source: "C10 errors row 5",
    condition: "a filter has an operator that is none of the service's",
    outcome: scimRefusal(400, "invalidFilter", "Given filter operator is not supported."),
  },
  "filter-attribute": {
    source: "C10 errors row 5, filter grammar",
    condition: "a filter names an attribute that there is not, also where nobody could match",
    outcome: scimRefusal(400, "invalidFilter", "'password' is not an attribute that can be filtered by."),
  },
  "filter-unfinished": {
    source: "C10 errors row 5",
    condition: "a filter lacks a closing parenthesis",
    outcome: scimRefusal(400, "invalidFilter", "The filter lacks a closing parenthesis."),
  },
  "filter-long": {
    source: "C10 errors row 5",
    condition: "a filter has more than 500 comparisons",
    outcome: scimRefusal(400, "invalidFilter", "The filter has more than 500 comparisons."),
  },
  "filter-injection": {
    source: "C10 filter grammar",
    condition: "a filter's value holds what means something to a database",
    outcome: behaviour("it is compared as the text that it is, by every operator"),
  },
  "filter-operators": {
    source: "C10 filter grammar",
    condition: "filters use every operator, `and`, `or`, `not` and parentheses",
    outcome: behaviour("each finds the same whether the store judges it or not"),
  },
  "filter-plus": {
    source: "C10 filter grammar",
    condition: "a value holds a plus sign, sent as %2B",
    outcome: behaviour("it is a plus sign"),
  },
  "sort-attribute": {
    source: "B9",
    condition: "sortBy names an attribute that there is not",
    outcome: scimRefusal(400, "invalidValue", "'password' is not an attribute that can be sorted by."),
  },
  "page-beyond": {
    source: "C10 paging, A15",
    condition: "startIndex is beyond the end",
    outcome: behaviour("200 with no Resources, and the same totalResults"),
  },
  "page-edges": {
    source: "C10 paging",
    condition: "startIndex is 0 or less, or count is 0",
    outcome: behaviour("the list begins with the first; of none, the total is told"),
  },
  immutable: {
    source: "C10 errors row 6",
    condition: "another userName is put",
    outcome: scimRefusal(400, "mutability", "userName cannot be changed."),
  },
  "application-id-immutable": {
    source: "C10 errors row 6",
    condition: "another applicationId is put",
    outcome: scimRefusal(400, "mutability", "applicationId cannot be changed."),
  },
  "reserved-deleted": {
    source: "C10 reserved groups",
    condition: "the group admins of a workspace is deleted",
    outcome: scimRefusal(400, "mutability", "Group admins cannot be deleted."),
  },
  "reserved-renamed": {
    source: "C10 reserved groups",
    condition: "the group users of a workspace is renamed",
    outcome: scimRefusal(400, "mutability", "The name of group users cannot be changed."),
  },
  "group-by-name": {
    source: "F row 003 L56-60",
    condition: "groups[].value is neither an id nor an exact displayName",
    outcome: scimRefusal(
      400,
      "invalidValue",
      "Group '{name}' does not exist: give the id or the exact displayName of a group.",
    ),
  },
  "member-unknown": {
    source: "C10 resources row Group",
    condition: "members[].value is nobody's id",
    outcome: scimRefusal(400, "invalidValue", "Member '1' does not exist: give the id of a principal."),
  },
  "member-itself": {
    source: "C10 resources row Group",
    condition: "a group becomes a member of itself",
    outcome: scimRefusal(400, "invalidValue", "Group {name} cannot be a member of itself."),
  },
  "empty-entitlements": {
    source: "C10 TF quirk",
    condition: "entitlements are [{value: empty}] or [{}]",
    outcome: behaviour("there are none"),
  },
  "patch-without-entitlements": {
    source: "C10 PATCH row 4",
    condition: "entitlements are removed of which there are none",
    outcome: scimRefusal(
      400,
      "invalidPath",
      "No such attribute with the name : entitlements in the current resource",
    ),
  },
  "patch-operation": {
    source: "C10 PATCH",
    condition: "an operation is none",
    outcome: scimRefusal(
      400,
      "invalidSyntax",
      "'move' is not an operation of a patch: add, remove or replace.",
    ),
  },
  "patch-missing-member": {
    source: "C10 PATCH row 3",
    condition: "a member is removed that is none",
    outcome: behaviour("nothing changes, 200"),
  },
  "patch-shapes": {
    source: "C10 PATCH rows 1, 2, 5, 6",
    condition: "operations come in any capitals, with and without a path, with a value or a list around one",
    outcome: behaviour("all mean the same"),
  },
  "patch-many": {
    source: "C10 PATCH",
    condition: "a patch has more than 1,000 operations",
    outcome: scimRefusal(400, "invalidValue", "Operations must not have more than 1000 items"),
  },
  "nested-groups": {
    source: "C10 `groups[].type`",
    condition: "a user is in a group that is in a group",
    outcome: behaviour("the first is shown as direct, the second as indirect"),
  },
  "account-admin": {
    source: "B9",
    condition: "a group with the role account_admin holds a user by way of another group",
    outcome: behaviour("the user is an administrator of the account, until it leaves"),
  },
  "user-removed": {
    source: "B9",
    condition: "a user of the account is removed",
    outcome: behaviour("it is gone from every workspace, and its tokens open nothing"),
  },
  "can-manage": {
    source: "C10 entitlement values",
    condition: "can-manage is sent as an entitlement",
    outcome: behaviour("it is stored and answered, and grants nothing"),
  },
} as const satisfies Readonly<Record<string, DocumentedRule>>;
