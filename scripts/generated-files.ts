import { readFile, writeFile } from "node:fs/promises";
import { configureGuide, runtimesGuide } from "./guide-tables.ts";
import { emrContainersParity } from "./parity.ts";
import { databricksAccountParity, databricksWorkspaceParity } from "./parity-databricks.ts";
import { databricksRules } from "./parity-databricks-rules.ts";
import { emrParity } from "./parity-emr.ts";
import { emrContainersErrors } from "./parity-errors.ts";
import { thirdPartyNotices } from "./third-party-notices.ts";

/** Files that are made from others, by path; `--check` fails where one is not what its source gives now. */
const GENERATED: Readonly<Record<string, () => Promise<string>>> = {
  "docs/guides/configure.md": configureGuide,
  "docs/guides/runtimes-and-releases.md": runtimesGuide,
  "docs/parity/databricks-account.md": databricksAccountParity,
  "docs/parity/databricks-rules.md": databricksRules,
  "docs/parity/databricks-workspace.md": databricksWorkspaceParity,
  "docs/parity/emr.md": emrParity,
  "docs/parity/emr-containers-errors.md": emrContainersErrors,
  "docs/parity/emr-containers.md": emrContainersParity,
  "THIRD_PARTY_NOTICES.md": thirdPartyNotices,
};

const check = process.argv.includes("--check");
const stale: string[] = [];
for (const [path, make] of Object.entries(GENERATED)) {
  const made = await make();
  const current = await readFile(path, "utf8").catch(() => null);
  if (current === made) continue;
  stale.push(path);
  if (!check) await writeFile(path, made);
}
if (check && stale.length > 0) {
  console.error(`Not current: ${stale.join(", ")}. Run 'npm run generate' and commit the result.`);
  process.exitCode = 1;
} else console.log(stale.length === 0 ? "Generated files are current." : `Written: ${stale.join(", ")}`);
