import { spawnSync } from "node:child_process";
import { globSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** Builds `dist/` for `npm pack`: Node refuses to strip types under node_modules, so a package carries JavaScript. */
const root = fileURLToPath(new URL("..", import.meta.url));
const dist = join(root, "dist");

rmSync(dist, { recursive: true, force: true });
const compiler = join(root, "node_modules", "typescript", "bin", "tsc");
const { status } = spawnSync(process.execPath, [compiler, "-p", join(root, "tsconfig.build.json")], {
  stdio: "inherit",
});
if (status !== 0) process.exit(status ?? 1);

// The compiler rewrites what it knows to be imports; a path that it does not know would fail in the package only.
const leftOver = globSync("**/*.js", { cwd: dist }).filter((file) =>
  /(?:from|import)\s*\(?\s*["'][^"']*\.ts["']/.test(readFileSync(join(dist, file), "utf8")),
);
if (leftOver.length > 0) {
  console.error(`dist/ still imports TypeScript: ${leftOver.join(", ")}`);
  process.exit(1);
}
