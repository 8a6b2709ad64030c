import type { Migration } from "./migration.ts";

/** E-mails that are to be sent. */
export const outgoingMails: Migration = {
  number: 7,
  name: "outgoing-mails",
  statements: ({ text, integer, tableOptions }) => [
    `create table outgoing_mails (
      id ${text} not null primary key,
      account ${text} not null,
      workspace_id ${text} not null references account_objects (id) on delete cascade,
      recipient ${text} not null,
      attempts ${integer} not null,
      due_at_ms ${integer} not null,
      created_at_ms ${integer} not null,
      last_error ${text}
    ) ${tableOptions}`,
    "create index outgoing_mails_due on outgoing_mails (due_at_ms, id)",
    "create index outgoing_mails_by_workspace on outgoing_mails (workspace_id)",
    "create index outgoing_mails_failed on outgoing_mails (account, created_at_ms, id) where last_error is not null",
  ],
};
