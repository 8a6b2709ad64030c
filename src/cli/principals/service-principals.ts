import {
  createServicePrincipalSecret,
  deleteServicePrincipalSecret,
  listServicePrincipalSecrets,
} from "../../contract/databricks-account/service-principal-secrets.ts";
import { type Command, command, flag, required, text } from "../command.ts";
import { EXIT_CODES } from "../exit-codes.ts";
import type { Printer } from "../output/printer.ts";
import { commonCommands, nameArgument } from "./common-commands.ts";
import { changesOf, createWith, START_OPTIONS, UPDATE_OPTIONS } from "./create.ts";
import type { Directory } from "./directory.ts";
import { ACCOUNT_ADMIN, SERVICE_PRINCIPAL } from "./kinds.ts";
import { CONNECTION_OPTIONS, lifetimeSeconds, openDirectory, principalFields } from "./parameters.ts";

const lifetime = text(
  "--lifetime <time>",
  "how long the secret is good: 90d, 12h (two years at most, and by default)",
);

const create = command({
  path: ["service-principal", "create"],
  summary: "Make a service principal: somebody for programs",
  details:
    "With --secret it can sign in at once, by OAuth with its application id and the secret. That is printed this once.",
  arguments: { displayName: required("name", "what to call it") },
  options: {
    admin: flag("--admin", "as an account administrator"),
    secret: flag("--secret", "make a secret for it too"),
    lifetime,
    ...START_OPTIONS,
    ...CONNECTION_OPTIONS,
  },
  examples: [
    {
      command: "firesteel service-principal create nightly --secret --workspace my-workspace",
      explanation: "for a job that runs at night",
    },
  ],
  async run(values, context) {
    const { print } = context;
    const seconds = values.lifetime === undefined ? null : lifetimeSeconds("--lifetime", values.lifetime);
    const directory = await openDirectory(values, context);
    const body = {
      displayName: values.displayName,
      ...(values.admin && { roles: [{ value: ACCOUNT_ADMIN }] }),
    };
    const made = await createWith(directory, SERVICE_PRINCIPAL, body, values, context);
    const secret = values.secret ? await newSecret(directory, made.id, seconds) : null;
    print.result({ ...made, ...(secret !== null && { secret }) }, () =>
      [
        principalFields(made, print),
        ...(secret === null ? [] : [secretFields(made.applicationId ?? "", secret, print)]),
      ].join("\n"),
    );
    if (secret !== null) print.note("The secret is not shown again.");
    return EXIT_CODES.ok;
  },
});

const update = command({
  path: ["service-principal", "update"],
  summary: "Change a service principal: administrator, active, display name",
  arguments: { name: nameArgument(SERVICE_PRINCIPAL) },
  options: { ...UPDATE_OPTIONS, ...CONNECTION_OPTIONS },
  examples: [
    {
      command: "firesteel service-principal update nightly --active false",
      explanation: "let it do nothing",
    },
  ],
  async run(values, context) {
    const changes = changesOf(values);
    const directory = await openDirectory(values, context);
    const { id } = await directory.find(SERVICE_PRINCIPAL, values.name);
    const changed = await directory.patch(SERVICE_PRINCIPAL, id, changes);
    context.print.result(changed, () => principalFields(changed, context.print));
    return EXIT_CODES.ok;
  },
});

const secretCreate = command({
  path: ["service-principal", "secret", "create"],
  summary: "Make an OAuth secret of a service principal, and show it, once",
  details: "A service principal has five at most: make a new one, have programs use it, delete the old one.",
  arguments: { name: nameArgument(SERVICE_PRINCIPAL) },
  options: { lifetime, ...CONNECTION_OPTIONS },
  examples: [
    {
      command: "firesteel service-principal secret create nightly --lifetime 90d",
      explanation: "for three months",
    },
  ],
  async run(values, context) {
    const seconds = values.lifetime === undefined ? null : lifetimeSeconds("--lifetime", values.lifetime);
    const directory = await openDirectory(values, context);
    const { id, applicationId = "" } = await directory.find(SERVICE_PRINCIPAL, values.name);
    const secret = await newSecret(directory, id, seconds);
    context.print.result({ ...secret, applicationId }, () =>
      secretFields(applicationId, secret, context.print),
    );
    context.print.note("The secret is not shown again.");
    return EXIT_CODES.ok;
  },
});

const secretList = command({
  path: ["service-principal", "secret", "list"],
  summary: "List the OAuth secrets of a service principal",
  arguments: { name: nameArgument(SERVICE_PRINCIPAL) },
  options: CONNECTION_OPTIONS,
  examples: [
    { command: "firesteel service-principal secret list nightly", explanation: "and when they end" },
  ],
  async run(values, context) {
    const { print } = context;
    const directory = await openDirectory(values, context);
    const { id } = await directory.find(SERVICE_PRINCIPAL, values.name);
    const { secrets } = await directory.client.call(listServicePrincipalSecrets, {
      params: { service_principal_id: id },
    });
    print.result(secrets, () =>
      print.table(
        [{ title: "ID" }, { title: "STATUS" }, { title: "CREATED" }, { title: "EXPIRES" }],
        secrets.map((secret) => [
          secret.id,
          secret.status,
          print.time(secret.create_time),
          print.time(secret.expire_time),
        ]),
        "None.",
      ),
    );
    return EXIT_CODES.ok;
  },
});

const secretDelete = command({
  path: ["service-principal", "secret", "delete"],
  summary: "Delete an OAuth secret, and end every access token that was given for it",
  arguments: { name: nameArgument(SERVICE_PRINCIPAL), secretId: required("secret-id", "as the list has it") },
  options: CONNECTION_OPTIONS,
  examples: [
    {
      command: "firesteel service-principal secret delete nightly 5f1c…",
      explanation: "after a new one is in use",
    },
  ],
  async run(values, context) {
    const directory = await openDirectory(values, context);
    const { id } = await directory.find(SERVICE_PRINCIPAL, values.name);
    await directory.client.call(deleteServicePrincipalSecret, {
      params: { service_principal_id: id, secret_id: values.secretId },
    });
    context.print.result({ id: values.secretId, deleted: true }, () => `Deleted secret ${values.secretId}`);
    return EXIT_CODES.ok;
  },
});

function newSecret({ client }: Directory, id: string, seconds: number | null) {
  return client.call(createServicePrincipalSecret, {
    params: { service_principal_id: id },
    body: seconds === null ? {} : { lifetime: `${seconds}s` },
  });
}

function secretFields(
  applicationId: string,
  {
    id,
    secret,
    expire_time: expires,
  }: { readonly id: string; readonly secret: string; readonly expire_time: string },
  print: Printer,
): string {
  return print.fields([
    ["DATABRICKS_CLIENT_ID", applicationId],
    ["DATABRICKS_CLIENT_SECRET", secret],
    ["Secret ID", id],
    ["Expires", print.time(expires)],
  ]);
}

export const SERVICE_PRINCIPAL_COMMANDS: readonly Command[] = [
  create,
  ...commonCommands(SERVICE_PRINCIPAL),
  update,
  secretCreate,
  secretList,
  secretDelete,
];
