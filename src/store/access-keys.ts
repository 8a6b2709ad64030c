import type { AccessKey } from "../core/access/access-key.ts";
import type { AccessKeyId } from "../core/ids.ts";
import type { Store } from "../core/ports/store.ts";
import { type Database, readOne, type Statement, statement } from "./database.ts";
import { prepared } from "./prepared.ts";
import type { Queries } from "./queries.ts";
import type { AccessKeyTable } from "./schema.ts";

export function accessKeys(database: Database): Store["accessKeys"] {
  const { queries } = database;
  return {
    async get(id) {
      const row = await readOne(database, accessKeyById(queries, { id }));
      return row && accessKeyOf(row);
    },
    async list() {
      const all = queries.selectFrom("access_keys").selectAll();
      const rows = await database.read(all.orderBy("created_at_ms", "desc").orderBy("id", "desc"));
      return rows.map(accessKeyOf);
    },
  };
}

const accessKeyById = prepared((queries, { id }: { id: AccessKeyId }) =>
  queries.selectFrom("access_keys").selectAll().where("id", "=", id),
);

export function accessKeyStatement(queries: Queries, key: AccessKey): Statement {
  const changing = {
    encrypted_secret: key.encryptedSecret,
    state: key.state,
    version: key.version + 1,
  };
  if (key.version === 0) {
    return statement(
      queries.insertInto("access_keys").values({
        id: key.id,
        account: key.account,
        principal_arn: key.principalArn,
        created_at_ms: key.createdAtMs,
        ...changing,
      }),
    );
  }
  return statement(
    queries
      .updateTable("access_keys")
      .set(changing)
      .where("id", "=", key.id)
      .where("version", "=", key.version),
    `access key ${key.id} is no longer at version ${key.version}`,
  );
}

export function accessKeyDeletedStatement(queries: Queries, id: AccessKeyId): Statement {
  return statement(queries.deleteFrom("access_keys").where("id", "=", id));
}

function accessKeyOf(row: AccessKeyTable): AccessKey {
  return {
    id: row.id,
    account: row.account,
    principalArn: row.principal_arn,
    encryptedSecret: row.encrypted_secret,
    state: row.state,
    createdAtMs: row.created_at_ms,
    version: row.version,
  };
}
