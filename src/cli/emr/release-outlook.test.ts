import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { runFakeCli } from "../../../test/support/fake-cli.ts";
import type { RuntimeRequirement } from "../../core/application/spec.ts";
import type { RuntimeOutlook } from "../host.ts";

const RUNTIME = { name: "s", sparkHome: "/s", javaHome: "/j", python: "/p" };

/** A machine with Spark 3.5 on Java 17, where 2.4 cannot be had and 3.3 has a stand-in. */
async function inspect({ sparkVersion, javaVersion }: RuntimeRequirement): Promise<RuntimeOutlook> {
  if (sparkVersion === "2.4") return { kind: "unsupported", reason: "too old for this machine" };
  if (sparkVersion !== "3.5") {
    const missing = { kind: "missing", command: "c", what: `Spark ${sparkVersion}.4` } as const;
    return sparkVersion === "3.3" ? { ...missing, substitution: "It stands in." } : missing;
  }
  const runtime = { ...RUNTIME, sparkVersion: "3.5.9", javaVersion: javaVersion ?? 17 };
  return { kind: "installed", runtime };
}

const host = {
  runtimes: async () => ({
    list: async () => [],
    inspect,
    install: async () => assert.fail("nothing is to be installed"),
  }),
};
const run = (...argv: string[]) => runFakeCli(argv, { host });
const cells = (text: string) => text.split("\n").map((line) => line.trim().split(/ {2,}/));

describe("firesteel emr release-labels", () => {
  it("shows a line for each release, the newest first", async () => {
    const { exitCode, stdout } = await run("emr", "release-labels");
    assert.equal(exitCode, 0);
    const rows = cells(stdout);
    assert.deepEqual(rows[1]?.slice(0, 2), ["emr-spark-8.0.0", "4.0.2-amzn-0"]);
    const find = (release: string) => rows.find(([name]) => name === release);
    assert.deepEqual(find("emr-7.7.0"), [
      ...["emr-7.7.0", "3.5.3-amzn-0", "17", "20250131", "38"],
      "Spark 3.5.9 on Java 17",
    ]);
    assert.deepEqual(find("emr-6.15.0")?.at(-1), "Spark 3.4.4, on first use");
    assert.deepEqual(find("emr-5.36.0")?.at(-1), "refused");
  });

  it("shows all of one label", async () => {
    const { stdout } = await run("emr", "release-labels", "emr-7.6.0-java11-latest");
    const fields = new Map(cells(stdout).map(([name = "", value]) => [name, value]));
    assert.equal(fields.get("Stands for"), "emr-7.6.0-java11-20241213");
    assert.equal(fields.get("Java"), "11");
    assert.equal(fields.get("iceberg"), "1.6.1-amzn-2");
    assert.equal(fields.get("Here"), "Spark 3.5.9 on Java 11 is installed.");
  });

  it("gives a script every label of a release, and why it is refused", async () => {
    const { stdout } = await run("emr", "release-labels", "emr-6.9.0", "-o", "json");
    const labels = JSON.parse(stdout);
    assert.equal(labels.length, 13);
    assert.deepEqual(labels[0].here, {
      state: "on-first-use",
      runtime: "Spark 3.3.4",
      detail: "Spark 3.3.4 is installed on first use. It stands in.",
    });
    const notebook = labels.find(
      ({ label }: { label: string }) => label === "notebook-spark/emr-6.9.0-latest",
    );
    assert.equal(notebook.here.state, "refused");
    assert.match(notebook.here.detail, /notebooks/);
  });

  it("says that a label does not exist", async () => {
    const { exitCode, stderr } = await run("emr", "release-labels", "emr-5.31.0-latest");
    assert.equal(exitCode, 1);
    assert.match(stderr, /^error: Release emr-5\.31\.0-latest doesn't exist\.$/m);
  });
});

describe("firesteel runtime list --all", () => {
  it("shows every Spark with its releases", async () => {
    const { stdout } = await run("runtime", "list", "--all");
    const rows = cells(stdout);
    const row = (spark: string) => rows.find(([name]) => name === spark);
    assert.deepEqual(row("3.4"), ["3.4", "emr-6.12.0 to emr-6.15.0", "Spark 3.4.4, on first use"]);
    assert.deepEqual(row("2.4"), ["2.4", "emr-5.32.0 to emr-5.36.0", "refused"]);
  });
});

describe("firesteel runtime install", () => {
  const asked = async (...argv: string[]) => {
    const requirements: RuntimeRequirement[] = [];
    const outcome = await runFakeCli(["runtime", "install", ...argv], {
      host: {
        runtimes: async () => ({
          list: async () => [],
          inspect,
          install: async (requirement: RuntimeRequirement) => {
            requirements.push(requirement);
            return { ...RUNTIME, sparkVersion: "3.4.4", javaVersion: 17 };
          },
        }),
      },
    });
    return { ...outcome, requirements };
  };
  it("takes a version, a Java, or a release label", async () => {
    assert.deepEqual((await asked()).requirements, [{ sparkVersion: "3.5", javaVersion: null }]);
    assert.deepEqual((await asked("3.4", "--java", "11")).requirements, [
      { sparkVersion: "3.4", javaVersion: 11 },
    ]);
    assert.deepEqual((await asked("emr-6.2.0-latest")).requirements, [
      { sparkVersion: "3.0", javaVersion: null },
    ]);
  });
  it("refuses what is no version of Java, and labels that run no Spark job", async () => {
    assert.equal((await asked("3.4", "--java", "best")).exitCode, 2);
    const { exitCode, stderr } = await asked("livy/emr-7.7.0-latest");
    assert.equal(exitCode, 1);
    assert.match(stderr, /cannot be used: it is the image of a Livy server/);
  });
});
