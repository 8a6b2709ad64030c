import type { ServicePrincipalSecret } from "../core/access/service-principal-secret.ts";
import type { SigningKey } from "../core/access/signing-key.ts";
import type { AccountChange, AccountStore } from "../core/ports/account-store.ts";
import type { ServicePrincipalSecretTable } from "./account-schema.ts";
import { type Database, readOne, type Statement, statement } from "./database.ts";
import type { Queries } from "./queries.ts";

export function servicePrincipalSecrets(database: Database): AccountStore["servicePrincipalSecrets"] {
  const all = database.queries.selectFrom("service_principal_secrets").selectAll();
  return {
    async get(id) {
      const row = await readOne(database, all.where("id", "=", id));
      return row && secretOf(row);
    },
    async withHash(hash) {
      const row = await readOne(database, all.where("hash", "=", hash));
      return row && secretOf(row);
    },
    async of(principal) {
      const rows = await database.read(
        all.where("principal_id", "=", principal).orderBy("created_at_ms").orderBy("id"),
      );
      return rows.map(secretOf);
    },
  };
}

export function signingKeys(database: Database): AccountStore["signingKeys"] {
  const all = database.queries.selectFrom("signing_keys").selectAll();
  return {
    async list() {
      const rows = await database.read(all.orderBy("created_at_ms").orderBy("id"));
      return rows.map((row) => ({
        id: row.id,
        publicKey: row.public_key,
        encryptedPrivateKey: row.encrypted_private_key,
        createdAtMs: row.created_at_ms,
      }));
    },
  };
}

export function servicePrincipalSecretStatement(queries: Queries, secret: ServicePrincipalSecret): Statement {
  return statement(
    queries.insertInto("service_principal_secrets").values({
      id: secret.id,
      account: secret.account,
      principal_id: secret.principal,
      hash: secret.hash,
      created_at_ms: secret.createdAtMs,
      expires_at_ms: secret.expiresAtMs,
    }),
  );
}

export function servicePrincipalSecretDeletedStatement(queries: Queries, id: string): Statement {
  return statement(queries.deleteFrom("service_principal_secrets").where("id", "=", id));
}

export function signingKeyStatement(queries: Queries, key: SigningKey): Statement {
  return statement(
    queries.insertInto("signing_keys").values({
      id: key.id,
      public_key: key.publicKey,
      encrypted_private_key: key.encryptedPrivateKey,
      created_at_ms: key.createdAtMs,
    }),
  );
}

export function signingKeySealedStatement(
  queries: Queries,
  { id, from, encryptedPrivateKey }: Extract<AccountChange, { kind: "signing-key-sealed" }>,
): Statement {
  return statement(
    queries
      .updateTable("signing_keys")
      .set({ encrypted_private_key: encryptedPrivateKey })
      .where("id", "=", id)
      .where("encrypted_private_key", "=", from),
  );
}

export function signingKeyDeletedStatement(queries: Queries, id: string): Statement {
  return statement(queries.deleteFrom("signing_keys").where("id", "=", id));
}

function secretOf(row: ServicePrincipalSecretTable): ServicePrincipalSecret {
  return {
    id: row.id,
    account: row.account,
    principal: row.principal_id,
    hash: row.hash,
    createdAtMs: row.created_at_ms,
    expiresAtMs: row.expires_at_ms,
  };
}
