/**
 * Runs benchmarks one after the other, each in a process of its own.
 *
 *   npm run bench                        all of them; what they print is kept in benchmarks/results/<date>.md as well
 *   npm run bench -- start-job-run 7     one, with its arguments
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { cpus, totalmem } from "node:os";
import { join } from "node:path";

const BENCHMARKS: Readonly<Record<string, readonly string[]>> = {
  "start-job-run": ["api.ts", "start-job-run"],
  "describe-job-run": ["api.ts", "describe-job-run"],
  databricks: ["databricks.ts"],
  "list-pages": ["list-pages.ts"],
  memory: ["memory.ts"],
  recovery: ["recovery.ts"],
  "job-start": ["job-start.ts"],
  "server-start": ["server-start.ts"],
  "store-writer": ["store-writer.ts"],
};

const [only, ...argv] = process.argv.slice(2);
if (only !== undefined) {
  const benchmark = BENCHMARKS[only];
  if (benchmark === undefined)
    throw new Error(`There is no benchmark '${only}': ${Object.keys(BENCHMARKS).join(", ")}`);
  await run([...benchmark, ...argv]);
} else {
  const date = new Date().toISOString().slice(0, 10);
  const gibibytes = Math.round(totalmem() / 2 ** 30);
  let report = `# ${date}\n\n${cpus().length} cores (${cpus()[0]?.model}), ${gibibytes} GiB, ${process.platform}, Node ${process.version}. Ratios hold within one run only.\n`;
  for (const [name, benchmark] of Object.entries(BENCHMARKS)) {
    console.log(`\n## ${name}\n`);
    report += `\n## ${name}\n\n${await run(benchmark)}`;
  }
  const file = join(import.meta.dirname, "results", `${date}.md`);
  await writeFile(file, report);
  console.log(`\nKept in ${file}`);
}

/** Answers what it printed. */
async function run([script = "", ...argv]: readonly string[]): Promise<string> {
  const child = spawn(process.execPath, [join(import.meta.dirname, script), ...argv], {
    stdio: ["inherit", "pipe", "inherit"],
  });
  let output = "";
  child.stdout.on("data", (piece) => {
    process.stdout.write(piece);
    output += piece;
  });
  const [code] = await once(child, "close");
  if (code !== 0) process.exitCode = 1;
  return code === 0 ? output : `${output}\nIt ended with ${code}.\n`;
}
