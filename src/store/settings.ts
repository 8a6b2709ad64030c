import { accountObjectId } from "../core/ids.ts";
import type { AccountChange, AccountStore } from "../core/ports/account-store.ts";
import type { SettingTable } from "./account-schema.ts";
import { type Database, readOne, type Statement, statement } from "./database.ts";
import { fromJsonText, toJsonText } from "./json-text.ts";
import { prepared } from "./prepared.ts";
import type { Queries } from "./queries.ts";

export function settings(database: Database): AccountStore["settings"] {
  return {
    async get(owner, name) {
      const row = await readOne(
        database,
        settingByName(database.queries, { owner_id: accountObjectId(owner), name }),
      );
      return row && { owner, name, body: fromJsonText(row.body), version: row.version };
    },
  };
}

const settingByName = prepared((queries, key: Pick<SettingTable, "owner_id" | "name">) =>
  queries
    .selectFrom("settings")
    .selectAll()
    .where("owner_id", "=", key.owner_id)
    .where("name", "=", key.name),
);

export function settingStatement(
  queries: Queries,
  change: Extract<AccountChange, { kind: "setting" | "setting-deleted" }>,
): Statement {
  if (change.kind === "setting-deleted") {
    return statement(
      queries
        .deleteFrom("settings")
        .where("owner_id", "=", accountObjectId(change.owner))
        .where("name", "=", change.name)
        .where("version", "=", change.version),
      `setting ${change.name} is no longer at version ${change.version}`,
    );
  }
  const { owner, name, body, version } = change.row;
  const owner_id = accountObjectId(owner);
  const changing = { body: toJsonText(body), version: version + 1 };
  if (version === 0) return statement(queries.insertInto("settings").values({ owner_id, name, ...changing }));
  return statement(
    queries
      .updateTable("settings")
      .set(changing)
      .where("owner_id", "=", owner_id)
      .where("name", "=", name)
      .where("version", "=", version),
    `setting ${name} is no longer at version ${version}`,
  );
}
