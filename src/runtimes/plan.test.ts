import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { DATABRICKS_RUNTIMES } from "../core/compute/databricks-runtimes.ts";
import { packagesOf, type SparkRelease } from "./catalogue.ts";
import {
  chooseJava,
  choosePython,
  releaseFor,
  type SubstitutePolicy,
  substitutionOf,
  UnsupportedRuntimeError,
} from "./plan.ts";

const release = (sparkVersion: string, policy: SubstitutePolicy = "python"): SparkRelease =>
  releaseFor({ sparkVersion, javaVersion: null }, policy);
const python = (minor: number) => ({ executable: `/opt/python3.${minor}`, version: `3.${minor}.1`, minor });
const java = (version: number) => ({ home: `/opt/java-${version}`, version });
const unsupported =
  (...words: string[]) =>
  (error: unknown) => {
    assert.ok(error instanceof UnsupportedRuntimeError);
    for (const word of words) assert.ok(error.message.includes(word), `${word} in ${error.message}`);
    return true;
  };

describe("the release", () => {
  it("is the catalogue's of that minor version", () => assert.equal(release("3.5").version, "3.5.9"));
  for (const version of ["2.4", "9.9"]) {
    it(`of Spark ${version} is refused with what there is`, () => {
      assert.throws(() => release(version), unsupported(`Spark ${version}`, "3.5"));
    });
  }
  it("that is too old is the nearest newer one where the user wants that, and says so", () => {
    assert.throws(() => release("2.4"), unsupported("emr-6.2.0 or newer", "runtimes.substitute=always"));
    const chosen = release("2.4", "always");
    assert.equal(chosen.minor, "3.0");
    assert.equal(
      substitutionOf("2.4", chosen),
      "Spark 3.0.3 stands in for 2.4: Spark 2.4 cannot be installed (runtimes.substitute).",
    );
  });
  it("that is newer than all has nothing to take its place", () => {
    assert.throws(() => release("9.9", "always"), unsupported("Spark 9.9"));
  });
});

describe("the Python", () => {
  it("is the first that fits, in the order of the search", () => {
    const chosen = choosePython(release("3.5"), [python(14), python(12), python(11)], "python");
    assert.deepEqual(chosen, { release: release("3.5"), python: python(12) });
  });
  for (const [asked, minor, runs] of [
    ["3.5", 14, "4.0"],
    ["3.4", 12, "3.5"],
    ["3.0", 13, "3.5"],
    ["3.0", 14, "4.0"],
  ] as const) {
    it(`3.${minor}, where it is the oldest, runs Spark ${runs} for ${asked}, and says so`, () => {
      const chosen = choosePython(release(asked), [python(minor), python(14)], "python");
      assert.deepEqual(chosen, { release: release(runs), python: python(minor) });
      assert.match(substitutionOf(asked, chosen.release) ?? "", /stands in for .* too new for Spark/);
    });
  }
  it("that is too new is refused where nothing may take the Spark's place", () => {
    assert.throws(
      () => choosePython(release("3.5"), [python(14)], "never"),
      unsupported("Python 3.8 to 3.13", "3.14.1", "runtimes.substitute"),
    );
  });
  it("is missed with the range and what was found", () => {
    assert.throws(
      () => choosePython(release("3.5"), [], "always"),
      unsupported("Python 3.8 to 3.13", "no Python 3", "runtimes.python"),
    );
    assert.throws(
      () => choosePython(release("3.5"), [python(7)], "always"),
      unsupported("3.7.1 (/opt/python3.7)"),
    );
  });
  it("newer than a Spark's cloudpickle brings a newer one", () => {
    assert.deepEqual(packagesOf(release("3.3"), 10), ["pyspark==3.3.4"]);
    assert.deepEqual(packagesOf(release("3.3"), 11), ["pyspark==3.3.4", "cloudpickle==2.2.1"]);
    assert.deepEqual(packagesOf(release("3.0"), 9), ["pyspark==3.0.3", "cloudpickle==2.2.1"]);
  });
  it("without distutils gets setuptools for Spark 3", () => {
    assert.deepEqual(packagesOf(release("3.5"), 11), ["pyspark==3.5.9"]);
    assert.equal(packagesOf(release("3.5"), 12).length, 2);
    assert.equal(packagesOf(release("4.0"), 13).length, 1);
  });
});

describe("the Java", () => {
  it("is the most preferred of the machine's", () => {
    const choice = chooseJava(release("3.5"), null, null, [java(21), java(11), java(17)]);
    assert.deepEqual(choice, { kind: "present", java: java(17) });
  });
  it("is an older one of the machine's rather than one to install", () => {
    assert.deepEqual(chooseJava(release("3.5"), null, null, [java(8)]), { kind: "present", java: java(8) });
  });
  it("is installed where the machine's do not fit", () => {
    assert.deepEqual(chooseJava(release("3.5"), null, null, [java(21)]), { kind: "install", major: 17 });
    assert.deepEqual(chooseJava(release("3.5"), 11, null, [java(17)]), { kind: "install", major: 11 });
  });
  it("that the user chose goes before the preferred one", () => {
    assert.deepEqual(chooseJava(release("3.5"), null, java(11), [java(17)]), {
      kind: "present",
      java: java(11),
    });
    assert.deepEqual(chooseJava(release("3.5"), 17, java(11), [java(17)]), {
      kind: "present",
      java: java(17),
    });
  });
  it("of Spark before 3.3 is never 17", () => {
    assert.deepEqual(chooseJava(release("3.2"), null, null, [java(17)]), { kind: "install", major: 11 });
    assert.throws(() => chooseJava(release("3.0"), 17, null, [java(17)]), unsupported("Java 17", "11, 8"));
  });
  it("is refused where it cannot be", () => {
    const choose = (wanted: number | null, chosen: number | null) => () =>
      chooseJava(release("3.5"), wanted, chosen === null ? null : java(chosen), []);
    assert.throws(choose(21, null), unsupported("does not run on Java 21", "17, 11, 8"));
    assert.throws(choose(null, 21), unsupported("runtimes.javaHome names Java 21"));
    assert.throws(choose(8, null), unsupported("no such Java", "runtimes.javaHome"));
  });
});

describe("a Databricks Runtime", () => {
  it("is one whose Spark can be installed", () => {
    for (const { key, spark } of DATABRICKS_RUNTIMES) assert.equal(release(spark).minor, spark, key);
  });
});
