import { readFile } from "node:fs/promises";

interface LockedPackage {
  readonly version?: string;
  readonly dev?: boolean;
  readonly license?: string;
}

const HEADER = `# Third-party notices

Firesteel is installed with these packages from the npm registry, each under its own licence. Spark, Java and Python packages are
not part of Firesteel; a runtime installs them from PyPI under their own licences. Firesteel is not affiliated with, endorsed by or
sponsored by Amazon, Databricks or the Apache Software Foundation; their names are used to say what it is compatible with.

| package | version | licence |
|---|---|---|
`;

/** The notices file: every package that a user installs, from the lock file. */
export async function thirdPartyNotices(): Promise<string> {
  // The lock file's shape is npm's documented one (lockfileVersion 3).
  const lock = JSON.parse(await readFile("package-lock.json", "utf8")) as {
    packages: Record<string, LockedPackage>;
  };
  const rows = Object.entries(lock.packages)
    .filter(([path, entry]) => path !== "" && entry.dev !== true)
    .map(
      ([path, entry]) =>
        `| ${path.replace(/^.*node_modules\//, "")} | ${entry.version} | ${entry.license ?? "see package"} |`,
    );
  return `${HEADER}${rows.sort().join("\n")}\n`;
}
