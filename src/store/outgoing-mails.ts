import type { Selectable } from "kysely";
import type { WorkspaceId } from "../core/ids.ts";
import type { AccountChange, AccountStore } from "../core/ports/account-store.ts";
import type { OutgoingMail } from "../core/workspace/outgoing-mail.ts";
import type { OutgoingMailTable } from "./account-schema.ts";
import { type Database, type Statement, statement } from "./database.ts";
import { prepared } from "./prepared.ts";
import type { Queries } from "./queries.ts";

export function outgoingMails(database: Database): AccountStore["outgoingMails"] {
  const all = database.queries.selectFrom("outgoing_mails").selectAll();
  return {
    async due(nowMs, longestWaitMs, limit) {
      const first = all.orderBy("due_at_ms").orderBy("id").limit(limit);
      const due = await database.read(first.where("due_at_ms", "<=", nowMs));
      const wrong = await database.read(first.where("due_at_ms", ">", nowMs + longestWaitMs));
      return [...due, ...wrong].slice(0, limit).map(outgoingMailOf);
    },
    async failed(account, workspace) {
      // By the workspace alone, so that its own index is used: an account may have many mails.
      const query =
        workspace === undefined
          ? failedMails(database.queries).where("account", "=", account)
          : failedOfWorkspace(database.queries, { workspace });
      return (await database.read(query)).map(outgoingMailOf).filter((mail) => mail.account === account);
    },
  };
}

function failedMails(queries: Queries) {
  const all = queries.selectFrom("outgoing_mails").selectAll();
  return all.where("last_error", "is not", null).orderBy("created_at_ms").orderBy("id");
}

const failedOfWorkspace = prepared((queries, { workspace }: { workspace: WorkspaceId }) =>
  failedMails(queries).where("workspace_id", "=", workspace),
);

type MailChange = Extract<
  AccountChange,
  {
    kind:
      | "outgoing-mail"
      | "outgoing-mail-claimed"
      | "outgoing-mail-failed"
      | "outgoing-mails-due"
      | "outgoing-mail-done";
  }
>;

export function outgoingMailStatement(queries: Queries, change: MailChange): Statement {
  switch (change.kind) {
    case "outgoing-mail": {
      const { id, account, workspace, recipient, attempts, dueAtMs, createdAtMs, lastError } = change.row;
      return statement(
        queries
          .insertInto("outgoing_mails")
          .values({
            id,
            account,
            workspace_id: workspace,
            recipient,
            attempts,
            due_at_ms: dueAtMs,
            created_at_ms: createdAtMs,
            last_error: lastError,
          })
          .onConflict((conflict) => conflict.column("id").doNothing()),
      );
    }
    case "outgoing-mail-claimed":
      return statement(
        queries
          .updateTable("outgoing_mails")
          .set({ due_at_ms: change.untilMs })
          .where("id", "=", change.id)
          .where("due_at_ms", "=", change.dueAtMs),
        `mail ${change.id} is somebody else's to send`,
      );
    case "outgoing-mail-failed": {
      const { attempts, dueAtMs, lastError } = change;
      return statement(
        queries
          .updateTable("outgoing_mails")
          .set({ attempts, due_at_ms: dueAtMs, last_error: lastError })
          .where("id", "=", change.id),
      );
    }
    case "outgoing-mails-due":
      return statement(queries.updateTable("outgoing_mails").set({ due_at_ms: change.dueAtMs }));
    case "outgoing-mail-done":
      return statement(queries.deleteFrom("outgoing_mails").where("id", "=", change.id));
  }
}

function outgoingMailOf(row: Selectable<OutgoingMailTable>): OutgoingMail {
  return {
    id: row.id,
    account: row.account,
    workspace: row.workspace_id,
    recipient: row.recipient,
    attempts: row.attempts,
    dueAtMs: row.due_at_ms,
    createdAtMs: row.created_at_ms,
    lastError: row.last_error,
  };
}
