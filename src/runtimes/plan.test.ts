import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { packagesOf, type SparkRelease } from "./catalogue.ts";
import { chooseJava, choosePython, releaseFor, UnsupportedRuntimeError } from "./plan.ts";

const release = (sparkVersion: string): SparkRelease => releaseFor({ sparkVersion, javaVersion: null });
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
  for (const version of ["3.2", "2.4", "9.9"]) {
    it(`of Spark ${version} is refused with what there is`, () => {
      assert.throws(() => release(version), unsupported(`Spark ${version}`, "3.5"));
    });
  }
});

describe("the Python", () => {
  it("is the first that fits, in the order of the search", () => {
    const chosen = choosePython(release("3.5"), [python(14), python(12), python(11)]);
    assert.deepEqual(chosen, { release: release("3.5"), python: python(12) });
  });
  it("that is newer than any for Spark 3.5 gets Spark 4.0", () => {
    assert.deepEqual(choosePython(release("3.5"), [python(14)]), {
      release: release("4.0"),
      python: python(14),
    });
  });
  it("is missed with the range and what was found", () => {
    assert.throws(
      () => choosePython(release("3.5"), []),
      unsupported("Python 3.8 to 3.13", "no Python 3", "runtimes.python"),
    );
    assert.throws(() => choosePython(release("3.5"), [python(7)]), unsupported("3.7.1 (/opt/python3.7)"));
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
  it("is refused where it cannot be", () => {
    const choose = (wanted: number | null, chosen: number | null) => () =>
      chooseJava(release("3.5"), wanted, chosen === null ? null : java(chosen), []);
    assert.throws(choose(21, null), unsupported("does not run on Java 21", "17, 11, 8"));
    assert.throws(choose(null, 21), unsupported("runtimes.javaHome names Java 21"));
    assert.throws(choose(8, null), unsupported("no such Java", "runtimes.javaHome"));
  });
});
