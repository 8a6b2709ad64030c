import { randomBytes } from "node:crypto";
import type { TestContext } from "node:test";
import { hashOfToken, TOKEN_PREFIX } from "../../src/core/access/personal-access-token.ts";
import { accountObjectChange } from "../../src/core/account-object/ties.ts";
import {
  type AccountId,
  accountId,
  accountObjectId,
  principalId,
  type WorkspaceId,
} from "../../src/core/ids.ts";
import type { Store } from "../../src/core/ports/store.ts";
import { ACCOUNT_ADMIN, type Principal } from "../../src/core/principal/principal.ts";
import { type DatabricksHttp, databricksHttp } from "./databricks-http.ts";

export const OTHER_ACCOUNT = accountId("11111111-2222-4333-8444-555555555555");

/** Two accounts on one server, with workspaces, people of every role and tokens in every condition. */
export interface TwoAccounts {
  readonly http: DatabricksHttp;
  readonly account: AccountId;
  /** The workspace that is asked for, another of the same account, and one of the other account. */
  readonly workspaces: { readonly here: string; readonly next: string; readonly foreign: string };
  readonly tokens: {
    /** Of the account's administrator, who is in both workspaces. */
    readonly admin: string;
    /** Of a user of the account and of the workspace `here`. */
    readonly user: string;
    /** Of a user of the account who is in no workspace. */
    readonly stranger: string;
    /** Of an administrator of the account who is in no workspace. */
    readonly strangeAdmin: string;
    /** Of the other account's administrator. */
    readonly foreignAdmin: string;
    /** That open one workspace only. */
    readonly adminHere: string;
    readonly userHere: string;
    readonly adminNext: string;
    readonly foreignAdminThere: string;
    /** Of the administrator, and no longer good. */
    readonly expired: string;
    readonly revoked: string;
    readonly inactive: string;
  };
}

export async function twoAccounts(test: TestContext): Promise<TwoAccounts> {
  const http = await databricksHttp(test);
  const { store } = http;
  const account = accountId(http.account);
  const owned = await store.accountObjects.get(account, "account", accountObjectId(account));
  const admin = owned?.body.firstAdministrators?.user;
  if (owned === null || admin === undefined) throw new Error("the first account has its administrator");
  const other = {
    ...owned,
    id: accountObjectId(OTHER_ACCOUNT),
    account: OTHER_ACCOUNT,
    name: "other",
    version: 0,
  };
  const row = { ...other, body: { ...other.body, firstAdministrators: null } };
  await store.commit([accountObjectChange(row)]);
  const token = (of: TokenFacts) => storedToken(http, of);

  const user = await person(store, account, "user@example.com", []);
  const stranger = await person(store, account, "stranger@example.com", []);
  const strangeAdmin = await person(store, account, "admin2@example.com", [ACCOUNT_ADMIN]);
  const inactive = await person(store, account, "gone@example.com", [ACCOUNT_ADMIN], false);
  const foreign = await person(store, OTHER_ACCOUNT, "admin@other.example.com", [ACCOUNT_ADMIN]);
  const foreignAdmin = await token({ account: OTHER_ACCOUNT, principal: foreign });
  const workspaces = {
    here: await runningWorkspace(http, account, http.administrator.token, "here"),
    next: await runningWorkspace(http, account, http.administrator.token, "next"),
    foreign: await runningWorkspace(http, OTHER_ACCOUNT, foreignAdmin, "foreign"),
  };
  await store.commit([
    {
      kind: "workspace-assignment",
      row: { workspace: accountObjectId(workspaces.here), principal: user, level: "USER" },
    },
  ]);
  const here = accountObjectId(workspaces.here);
  const revoked = await token({ account, principal: admin });
  const known = (await store.personalAccessTokens.withHash(hashOfToken(revoked)))?.id;
  if (known === undefined) throw new Error("the token has just been stored");
  await store.commit([{ kind: "personal-access-token-deleted", id: known }]);
  return {
    http,
    account,
    workspaces,
    tokens: {
      admin: http.administrator.token,
      user: await token({ account, principal: user }),
      stranger: await token({ account, principal: stranger }),
      strangeAdmin: await token({ account, principal: strangeAdmin }),
      foreignAdmin,
      adminHere: await token({ account, principal: admin, workspace: here }),
      userHere: await token({ account, principal: user, workspace: here }),
      adminNext: await token({ account, principal: admin, workspace: accountObjectId(workspaces.next) }),
      foreignAdminThere: await token({
        account: OTHER_ACCOUNT,
        principal: foreign,
        workspace: accountObjectId(workspaces.foreign),
      }),
      expired: await token({ account, principal: admin, expiresAtMs: http.clock.now() }),
      revoked,
      inactive: await token({ account, principal: inactive }),
    },
  };
}

interface TokenFacts {
  readonly account: AccountId;
  readonly principal: Principal["id"];
  readonly workspace?: WorkspaceId;
  readonly expiresAtMs?: number;
}

/** Stores a token as if it had been made through the API, and answers its text. */
export async function storedToken({ store, clock }: DatabricksHttp, facts: TokenFacts): Promise<string> {
  const text = TOKEN_PREFIX + randomBytes(16).toString("hex");
  await store.commit([
    {
      kind: "personal-access-token",
      row: {
        id: crypto.randomUUID(),
        account: facts.account,
        workspace: facts.workspace ?? null,
        principal: facts.principal,
        createdBy: facts.principal,
        createdByName: "",
        lastUsedDayMs: null,
        hash: hashOfToken(text),
        comment: "",
        createdAtMs: clock.now(),
        expiresAtMs: facts.expiresAtMs ?? null,
      },
    },
  ]);
  return text;
}

async function person(
  store: Store,
  account: AccountId,
  name: string,
  roles: readonly string[],
  active = true,
): Promise<Principal["id"]> {
  const id = principalId(String(randomBytes(6).readUIntBE(0, 6)));
  const row: Principal = {
    id,
    account,
    kind: "user",
    workspace: null,
    name,
    displayName: null,
    externalId: null,
    active,
    roles,
    person: { givenName: null, familyName: null, emails: [] },
    createdAtMs: 0,
    version: 0,
  };
  await store.commit([{ kind: "principal", row }]);
  return id;
}

async function runningWorkspace(
  http: DatabricksHttp,
  account: string,
  token: string,
  name: string,
): Promise<string> {
  const make = async (path: string, body: object) => {
    const answer = await http.send({
      method: "POST",
      path: `/api/2.0/accounts/${account}/${path}`,
      body,
      token,
    });
    if (answer.statusCode !== 200 && answer.statusCode !== 201) throw new Error(`${path}: ${answer.body}`);
    return answer.json();
  };
  const credentials = await make("credentials", {
    credentials_name: name,
    aws_credentials: { sts_role: { role_arn: "arn:aws:iam::123456789012:role/r" } },
  });
  const storage = await make("storage-configurations", {
    storage_configuration_name: name,
    root_bucket_info: { bucket_name: `root-${name}` },
  });
  const made = await make("workspaces", {
    workspace_name: name,
    deployment_name: name,
    aws_region: "us-west-2",
    credentials_id: credentials.credentials_id,
    storage_configuration_id: storage.storage_configuration_id,
  });
  await http.provision();
  return String(made.workspace_id);
}
