import { command } from "../../command.ts";
import { EXIT_CODES } from "../../exit-codes.ts";

export const accessKeyList = command({
  path: ["access-key", "list"],
  summary: "List access keys, never with their secrets",
  examples: [{ command: "firesteel access-key list", explanation: "all keys" }],
  async run(_values, { host, print }) {
    const keys = await host.accessKeys().list();
    print.result(
      keys.map(({ createdAtMs, ...key }) => ({ ...key, createdAt: new Date(createdAtMs).toISOString() })),
      () =>
        print.table(
          [{ title: "ID" }, { title: "STATE" }, { title: "PRINCIPAL" }, { title: "CREATED" }],
          keys.map(({ id, state, principalArn, createdAtMs }) => [
            id,
            state,
            principalArn,
            print.time(createdAtMs),
          ]),
          "No access keys. The first start of the server makes one.",
        ),
    );
    return EXIT_CODES.ok;
  },
});
