/** Runs every benchmark, one after the other, each in a process of its own: `npm run bench`. */
import { spawnSync } from "node:child_process";
import { cpus, totalmem } from "node:os";
import { join } from "node:path";

const BENCHMARKS = ["job-start.ts", "server-start.ts", "store-writer.ts", "recovery.ts"];

const gibibytes = Math.round(totalmem() / 2 ** 30);
console.log(
  `Machine: ${cpus().length} cores (${cpus()[0]?.model}), ${gibibytes} GiB, ${process.platform}, Node ${process.version}`,
);
for (const name of BENCHMARKS) {
  console.log(`\n## ${name}\n`);
  const { status } = spawnSync(process.execPath, [join(import.meta.dirname, name)], { stdio: "inherit" });
  if (status !== 0) process.exitCode = 1;
}
