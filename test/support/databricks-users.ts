import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { hashPassword } from "../../src/core/access/password.ts";
import { principalId } from "../../src/core/ids.ts";
import { CHEAP_COST } from "./account-template.ts";
import type { DatabricksHttp } from "./databricks-http.ts";

/** What a user fills into a log-in page. */
export interface LogInFields extends Readonly<Record<string, string>> {
  readonly user_name: string;
  readonly password: string;
}

/** Makes a user of the account who can log in. */
export async function userWithPassword(
  http: DatabricksHttp,
  userName: string,
): Promise<LogInFields & { readonly id: string }> {
  const path = `/api/2.0/accounts/${http.account}/scim/v2/Users`;
  const answer = await http.send({ method: "POST", path, body: { userName } });
  assert.ok(answer.statusCode < 300, answer.body);
  const { id } = answer.json();
  const hash = await hashPassword("open sesame", randomBytes(16), CHEAP_COST);
  await http.store.commit([{ kind: "password", row: { principal: principalId(id), hash } }]);
  return { id, user_name: userName, password: "open sesame" };
}
