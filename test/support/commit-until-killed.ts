/** Commits access keys one after another to the store in the file named, and prints each id once it was answered. */
import { openSqliteStore } from "../../src/store/sqlite-store.ts";
import { anAccessKey } from "./store-rows.ts";

const [file] = process.argv.slice(2);
if (file === undefined) throw new Error("usage: commit-until-killed.ts FILE");
const store = await openSqliteStore({ file });
for (let i = 0; ; i++) {
  const group = [anAccessKey(`a-${i}`), anAccessKey(`b-${i}`), anAccessKey(`c-${i}`)];
  await Promise.all(
    group.map(async (row) => {
      await store.commit([{ kind: "access-key", row }]);
      process.stdout.write(`${row.id}\n`);
    }),
  );
}
