import type { AnyDatabricksOperation } from "../../contract/databricks/operation.ts";
import { DATABRICKS_ACCOUNT_OPERATIONS } from "../../contract/databricks-account/operations.ts";
import { type Command, command, flag, type Parameters, text } from "../command.ts";
import type { Context } from "../context.ts";
import { EXIT_CODES, type ExitCode } from "../exit-codes.ts";
import type { AccountClient } from "./account-client.ts";
import { ACCOUNT_CONNECTION_OPTIONS, connectAccount } from "./connection.ts";
import { type OperationMembers, operationInput, operationMembers } from "./input.ts";
import type { Member } from "./members.ts";
import { remainder, showAnswer } from "./show.ts";
import { judge, settled, WAITS } from "./wait.ts";

/** One command for each operation: `firesteel account <object> <verb>`. */
export function accountCommands(
  operations: Readonly<Record<string, AnyDatabricksOperation>> = DATABRICKS_ACCOUNT_OPERATIONS,
): readonly Command[] {
  return Object.values(operations).map(operationCommand);
}

/** What the help says of each object, by `account <object>`. */
export function accountGroups(
  operations: Readonly<Record<string, AnyDatabricksOperation>> = DATABRICKS_ACCOUNT_OPERATIONS,
): Readonly<Record<string, string>> {
  const byObject = Map.groupBy(Object.values(operations), ({ object }) => object);
  return Object.fromEntries(
    [...byObject].map(([object, all]) => [
      `account ${object}`,
      `${capitalised(object.replaceAll("-", " "))}: ${all.map(({ verb }) => verb).join(", ")}`,
    ]),
  );
}

const MOST_SUMMARY = 72;

function operationCommand(operation: AnyDatabricksOperation): Command {
  const { object, verb, summary, method, path } = operation;
  const members = operationMembers(operation);
  const all = [...members.params, ...members.query, ...members.body];
  const waits = (WAITS as Readonly<Record<string, string>>)[operation.name];
  const own = {
    ...(members.takesBody && {
      json: text("--json <json>", "the request's body: JSON, @file, or - for standard input"),
    }),
    ...(waits !== undefined && { wait: flag("--wait", waits) }),
  };
  const options: Parameters = {
    // Members are kept by their flags, which no other option has.
    ...Object.fromEntries(all.map(({ flag: name, parameter }) => [name, parameter])),
    ...own,
    ...ACCOUNT_CONNECTION_OPTIONS,
  };
  return command({
    path: ["account", object, verb],
    summary:
      summary.length <= MOST_SUMMARY ? summary : (summary.split(/[;:,]/)[0] ?? "").slice(0, MOST_SUMMARY),
    details: [
      ...(summary.length <= MOST_SUMMARY ? [] : [`${summary}.`]),
      `Calls ${method} ${path}.`,
      ...(operation.implemented ? [] : ["This server knows it and does not perform it."]),
    ].join("\n"),
    options,
    examples: examplesOf(operation, members, waits !== undefined),
    run: (values, context) => run(operation, members, values, context),
  });
}

async function run(
  operation: AnyDatabricksOperation,
  members: OperationMembers,
  values: Readonly<Record<string, unknown>>,
  context: Context,
): Promise<ExitCode> {
  const { print } = context;
  const given = (name: string) => (typeof values[name] === "string" ? values[name] : undefined);
  const input = await operationInput(members, values, given("json"), context);
  const client = await connectAccount(
    { endpointUrl: given("endpointUrl"), accountId: given("accountId"), profile: given("profile") },
    context,
  );
  const answer = await client.invoke(operation, input);
  if (values.wait === true) return finish(client, answer, context);
  print.result(answer, () => showAnswer(answer, print));
  const more = remainder(answer);
  if (more !== null)
    print.note(`${more.shown} of ${more.total} are shown: --start-index and --count show others`);
  return EXIT_CODES.ok;
}

/** Shows a workspace as it is once nothing is under way with it. */
async function finish(client: AccountClient, answer: unknown, context: Context): Promise<ExitCode> {
  const { print } = context;
  const id =
    typeof answer === "object" && answer !== null && "workspace_id" in answer ? answer.workspace_id : "";
  const workspace = await settled(client, String(id), context);
  if (workspace === null) {
    print.result({}, () => `Workspace ${id} is gone.`);
    return EXIT_CODES.ok;
  }
  print.result(workspace, () => showAnswer(workspace, print));
  return judge(client, workspace, context);
}

function examplesOf(
  { object, verb }: AnyDatabricksOperation,
  { params, query, body, takesBody }: OperationMembers,
  waits: boolean,
): Command["examples"] {
  const name = `firesteel account ${object} ${verb}`;
  const words = (members: readonly Member[]) =>
    members
      .filter(({ isRequired }) => isRequired)
      .map(({ flag: option, path }) => ` --${option} ${(path.at(-1) ?? "").toUpperCase()}`)
      .join("");
  const needed = words([...params, ...query, ...body]);
  const examples = [
    { command: `${name}${needed}`, explanation: needed === "" ? "as it is" : "with what it always needs" },
    ...(takesBody
      ? [{ command: `${name}${words(params)} --json @request.json`, explanation: "with its body in a file" }]
      : []),
    ...(waits ? [{ command: `${name}${needed} --wait`, explanation: "and wait for the end" }] : []),
  ];
  return takesBody || waits
    ? examples
    : [...examples, { command: `${name}${needed} -o json`, explanation: "for a script" }];
}

function capitalised(text: string): string {
  return (text.charAt(0).toUpperCase() + text.slice(1)).replace(/^(vpc|ip)\b/i, (word) => word.toUpperCase());
}
