import { command, required } from "../../command.ts";
import { EXIT_CODES } from "../../exit-codes.ts";
import { noSuchKey } from "./no-such-key.ts";

export const accessKeyDelete = command({
  path: ["access-key", "delete"],
  summary: "Delete an access key for good",
  details:
    "A running server refuses the key at once. Where no active key of the user admin is left, the next start of the server makes a new one and writes it to admin.env.",
  arguments: { id: required("id", "id of the access key") },
  examples: [{ command: "firesteel access-key delete AKIA…", explanation: "a key that is needed no more" }],
  async run({ id }, { host, print }) {
    const keys = host.accessKeys();
    if (!(await keys.delete(id))) throw await noSuchKey(keys, id);
    print.result({ id, deleted: true }, () => `Deleted ${id}`);
    const administrators = (await keys.list()).filter(
      ({ principalArn, state }) => principalArn.endsWith(":user/admin") && state === "Active",
    );
    if (administrators.length === 0)
      print.warn("no active administrator's key is left: the next start of the server makes one");
    return EXIT_CODES.ok;
  },
});
