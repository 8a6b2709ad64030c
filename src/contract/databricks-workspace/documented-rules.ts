import { behaviour, type DocumentedRule, invalid, missing, refusal } from "../databricks/documented-rule.ts";

const forbidden = (message: string) => refusal(403, "PERMISSION_DENIED", message);
const unauthenticated = (message: string) => refusal(401, "UNAUTHENTICATED", message);

/** What the specification says of who calls, and of a workspace's own API (C11, C16, C17, C20, D), row by row. */
export const RULES_OF_THE_WORKSPACE_API = {
  "credential-missing": {
    source: "databricks-account-api.md A2",
    condition: "no credential is sent",
    outcome: unauthenticated("Credential was not sent or was of an unsupported type for this API."),
  },
  "token-invalid": {
    source: "databricks-account-api.md A2",
    condition: "a token is none, expired, revoked or cut short",
    outcome: unauthenticated("Invalid access token."),
  },
  "password-wrong": {
    source: "databricks-account-api.md A3",
    condition: "a password is wrong, or nobody has the user name",
    outcome: unauthenticated("Invalid user name or password."),
  },
  "token-as-password": {
    source: "databricks-account-api.md A3",
    condition: "a token is the password of the user `token`",
    outcome: behaviour("it counts as the token that it is, also at the account's and a workspace's address"),
  },
  "workspace-header": {
    source: "databricks-account-api.md 0 row 10, A11",
    condition: "a workspace answers",
    outcome: behaviour("with its id in X-Databricks-Org-Id, refusals too"),
  },
  "workspace-not-named": {
    source: "databricks-account-api.md A12",
    condition: "a request names no workspace, and the account has two",
    outcome: invalid(
      "Which workspace is meant? Use the workspace's own URL, or send its id in the header X-Databricks-Workspace-Id.",
    ),
  },
  "workspace-not-usable": {
    source: "databricks-account-api.md B7 status machine",
    condition: "a workspace has never been RUNNING",
    passes: true,
    outcome: refusal(
      400,
      "INVALID_STATE",
      "Current organization {workspace} does not have any associated worker environments: it is PROVISIONING.",
    ),
  },
  "body-of-get": {
    source: "databricks-account-api.md 0 row 2",
    condition: "a GET has a body",
    outcome: behaviour("it is not looked at"),
  },
  "body-as-form": {
    source: "databricks-account-api.md 0 row 3, seed 003 L48",
    condition: "a body of JSON is called a form, or nothing, or comes with a header without a name",
    outcome: behaviour("it is JSON; curl drops such a header"),
  },
  "address-unknown": {
    source: "A13, last paragraph; D",
    condition: "an address or a version is asked for that there is not",
    outcome: refusal(404, "ENDPOINT_NOT_FOUND", "No API found for 'GET /api/2.9/token/list'"),
  },
  telemetry: {
    source: "C20 row 2",
    condition: "a client says what it did, at /telemetry-ext",
    outcome: behaviour("it is told that all of it arrived; nothing is kept"),
  },
  "token-introspected": {
    source: "databricks-account-api.md A6, discovery login",
    condition: "a client asks what its credential is for",
    outcome: behaviour("the account's id, and the workspace's as a number"),
  },
  "token-unknown": {
    source: "C11 row 3",
    condition: "a token is revoked that is not there, or is another's",
    outcome: missing("Token with id {token} does not exist."),
  },
  "token-lifetime": {
    source: "C11 row 1",
    condition: "a token is to live for longer than 730 days",
    outcome: invalid(
      "lifetime_seconds: 63072001 is not from 1 to 63072000, the 730 days that this workspace allows.",
    ),
  },
  "tokens-disabled": {
    source: "C11, last sentence",
    condition: "`enableTokensConfig` is false",
    outcome: forbidden("Personal access tokens are disabled in this workspace."),
  },
  "token-on-behalf": {
    source: "C11 row 7",
    condition: "a token is to be made for a service principal that is not in the workspace",
    outcome: missing("Service principal with application ID nobody does not exist."),
  },
  "ip-lists-off": {
    source: "C16 row 2",
    condition: "IP access lists are asked for that are off",
    outcome: refusal(
      404,
      "FEATURE_DISABLED",
      'IP access lists are not enabled in workspace {workspace}: set enableIpAccessLists to "true".',
    ),
  },
  "conf-unknown": {
    source: "C16 row 4",
    condition: "workspace-conf is asked for a key that there is not",
    outcome: refusal(400, "INVALID_REQUEST", 'Invalid keys: ["enableNothing"]'),
  },
  "setting-stale": {
    source: "C16 row 6",
    condition: "a setting is changed with a stale etag",
    outcome: behaviour("409, with the fresh etag in details"),
  },
  "ip-lists-lock-out": {
    source: "C16 row 1",
    condition: "an IP access list leaves out the address of who makes it",
    outcome: refusal(400, "INVALID_STATE", "{message}"),
  },
  "ip-lists-many": {
    source: "C16 row 1",
    condition: "IP access lists hold more than 1,000 values",
    outcome: refusal(400, "QUOTA_EXCEEDED", "IP access lists hold up to 1000 values."),
  },
  "permissions-unknown-object": {
    source: "C17 rule 1",
    condition: "permissions of an object are asked for that is not there",
    outcome: missing("job 1 does not exist."),
  },
  "permissions-unknown-principal": {
    source: "C17 rule 6",
    condition: "somebody is given a permission who is not there",
    outcome: missing("Principal: UserName(nobody@x.org) does not exist"),
  },
  "permissions-level": {
    source: "C17 table row tokens",
    condition: "a permission is given that the object has not",
    outcome: invalid("Permission level IS_OWNER cannot be given on authorization tokens."),
  },
  "assignment-unknown": {
    source: "databricks-account-api.md B10, last sentence",
    condition: "somebody is assigned who is not in the account",
    outcome: missing("Principal with id 1 does not exist."),
  },
  "assignment-level": {
    source: "databricks-account-api.md B10 row 2",
    condition: "a permission is neither USER nor ADMIN",
    outcome: invalid("permissions: 'OWNER' is not a permission: USER or ADMIN."),
  },
  "assignment-by-name": {
    source: "databricks-account-api.md B10, the workspace's twin",
    condition: "of several who are assigned by name one is not there",
    outcome: behaviour("200: that one has an error, the others are assigned"),
  },
} as const satisfies Readonly<Record<string, DocumentedRule>>;
