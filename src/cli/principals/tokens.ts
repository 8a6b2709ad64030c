import {
  createOboToken,
  deleteWorkspaceToken,
  listWorkspaceTokens,
} from "../../contract/databricks-workspace/token-management.ts";
import { createToken, deleteToken, listTokens } from "../../contract/databricks-workspace/tokens.ts";
import type { AccountClient } from "../account/account-client.ts";
import { type AccountConnectionValues, connectAccount } from "../account/connection.ts";
import { type Command, command, flag, required, text } from "../command.ts";
import type { Context } from "../context.ts";
import { EXIT_CODES } from "../exit-codes.ts";
import { Directory } from "./directory.ts";
import { SERVICE_PRINCIPAL } from "./kinds.ts";
import { CONNECTION_OPTIONS, lifetimeSeconds } from "./parameters.ts";

const OPTIONS = {
  workspace: text(
    "--workspace <workspace>",
    "id, deployment name or name of its workspace (else that of the credentials, or the only one)",
  ),
  ...CONNECTION_OPTIONS,
} as const;

interface Values extends AccountConnectionValues {
  readonly workspace: string | undefined;
}

/** Calls as whoever the credentials are, in the workspace that is named. */
async function connect(values: Values, context: Context): Promise<AccountClient> {
  const { workspace: name } = values;
  const client = await connectAccount({ ...values, needsAccount: name !== undefined }, context);
  if (name === undefined) return client;
  // Who is no account administrator cannot list workspaces, and knows the id.
  if (/^\d+$/.test(name)) return client.inWorkspace(name);
  return client.inWorkspace(String((await new Directory(client).workspace(name)).workspace_id));
}

const create = command({
  path: ["token", "create"],
  summary: "Make a personal access token, and show it, once",
  details:
    "Of yourself, or as an administrator of the workspace of a service principal in it. It opens that workspace alone, and may what its owner may.",
  options: {
    comment: text("--comment <text>", "what it is for"),
    lifetime: text(
      "--lifetime <time>",
      "how long it is good: 90d, 12h, 3600s (default: as the workspace has it)",
    ),
    servicePrincipal: text("--service-principal <name>", "whose it shall be, by application id or name"),
    ...OPTIONS,
  },
  examples: [
    {
      command: "firesteel token create --workspace w --comment laptop --lifetime 90d",
      explanation: "one of yours",
    },
    {
      command: "firesteel token create --workspace w --service-principal nightly",
      explanation: "for a program",
    },
  ],
  async run(values, context) {
    const { print } = context;
    const { comment, lifetime, servicePrincipal } = values;
    const body = {
      ...(comment !== undefined && { comment }),
      ...(lifetime !== undefined && { lifetime_seconds: lifetimeSeconds("--lifetime", lifetime) }),
    };
    const client = await connect(values, context);
    const made =
      servicePrincipal === undefined
        ? await client.call(createToken, { body })
        : await client.call(createOboToken, {
            body: { application_id: await applicationId(servicePrincipal, values, context), ...body },
          });
    const { token_value: value, token_info: info } = made;
    print.result(made, () =>
      print.fields([
        ["DATABRICKS_TOKEN", value],
        ["Token ID", info.token_id],
        ["Expires", expiry(info.expiry_time, print.time.bind(print))],
      ]),
    );
    print.note("The token is not shown again.");
    return EXIT_CODES.ok;
  },
});

const listCommand = command({
  path: ["token", "list"],
  summary: "List personal access tokens, never the tokens themselves",
  options: { all: flag("--all", "everybody's of the workspace, for its administrators"), ...OPTIONS },
  examples: [
    { command: "firesteel token list --workspace w", explanation: "yours" },
    { command: "firesteel token list --workspace w --all", explanation: "everybody's" },
  ],
  async run(values, context) {
    const { print } = context;
    const client = await connect(values, context);
    const tokens: readonly ListedToken[] =
      (await client.call(values.all ? listWorkspaceTokens : listTokens)).token_infos ?? [];
    print.result(tokens, () =>
      print.table(
        ["ID", ...(values.all ? ["CREATED BY", "OWNER ID"] : []), "COMMENT", "CREATED", "EXPIRES"].map(
          (title) => ({
            title,
          }),
        ),
        tokens.map((token) => [
          token.token_id,
          ...(values.all ? [token.created_by_username ?? "-", String(token.owner_id ?? "-")] : []),
          token.comment,
          print.time(token.creation_time),
          expiry(token.expiry_time, print.time.bind(print)),
        ]),
        "None.",
      ),
    );
    return EXIT_CODES.ok;
  },
});

interface ListedToken {
  readonly token_id: string;
  readonly comment: string;
  readonly creation_time: number;
  readonly expiry_time: number;
  /** In everybody's list alone. */
  readonly created_by_username?: string;
  readonly owner_id?: number;
}

const revoke = command({
  path: ["token", "revoke"],
  summary: "Revoke a personal access token: it opens nothing any more",
  arguments: { id: required("token-id", "as the list has it") },
  options: { any: flag("--any", "somebody else's, as an administrator of the workspace"), ...OPTIONS },
  examples: [
    { command: "firesteel token revoke 5f1c… --workspace w", explanation: "one of yours" },
    { command: "firesteel token revoke 5f1c… --workspace w --any", explanation: "somebody's" },
  ],
  async run(values, context) {
    const client = await connect(values, context);
    const { id } = values;
    if (values.any) await client.call(deleteWorkspaceToken, { params: { token_id: id } });
    else await client.call(deleteToken, { body: { token_id: id } });
    context.print.result({ token_id: id, revoked: true }, () => `Revoked token ${id}`);
    return EXIT_CODES.ok;
  },
});

/** An application id is one; a name is looked up in the account. */
async function applicationId(name: string, values: Values, context: Context): Promise<string> {
  if (/^[0-9a-f]{8}-[0-9a-f-]{27}$/i.test(name)) return name;
  const directory = new Directory(await connectAccount(values, context));
  return (await directory.find(SERVICE_PRINCIPAL, name)).applicationId ?? name;
}

function expiry(timeMs: number, time: (ms: number) => string): string {
  return timeMs < 0 ? "never" : time(timeMs);
}

export const TOKEN_COMMANDS: readonly Command[] = [create, listCommand, revoke];
