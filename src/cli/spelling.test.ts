import assert from "node:assert/strict";
import { mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, it } from "node:test";
import { temporaryDirectory } from "../../test/support/temporary.ts";
import { spelling, typedName } from "./spelling.ts";

describe("commands in texts", () => {
  const spell = spelling("bin/firesteel", ["emr", "access-key", "env"]);
  const cases: [text: string, expected: string][] = [
    ["Start it: firesteel emr run", "Start it: bin/firesteel emr run"],
    ['eval "$(firesteel env)"', 'eval "$(bin/firesteel env)"'],
    ["`firesteel access-key list`", "`bin/firesteel access-key list`"],
    ["bin/firesteel emr run", "bin/firesteel emr run"],
    ["firesteel envoy", "firesteel envoy"],
    ["s3://firesteel emr", "s3://firesteel emr"],
    ["needs firesteel and Java", "needs firesteel and Java"],
  ];
  for (const [text, expected] of cases) it(text, () => assert.equal(spell(text), expected));
});

describe("the typed name", () => {
  it("is the bare name on the PATH, else a path from where the user stands", async (context) => {
    const directory = await temporaryDirectory(context);
    const at = (...parts: string[]) => join(directory, ...parts);
    for (const made of ["clone/bin", "clone/sub", "links", "other"])
      await mkdir(at(made), { recursive: true });
    const launcher = at("clone", "bin", "firesteel");
    await writeFile(launcher, "");
    await writeFile(at("other", "firesteel"), "");
    await symlink(launcher, at("links", "firesteel"));
    const name = (workingDirectory: string, PATH: string) =>
      typedName({ workingDirectory, environment: { PATH } }, launcher);

    assert.equal(name("/", `${at("none")}:${at("links")}`), "firesteel");
    assert.equal(name(at("clone"), `${at("other")}:${at("links")}`), "bin/firesteel");
    assert.equal(name(at("clone", "sub"), ""), "../bin/firesteel");
    assert.equal(name(at("clone", "bin"), ""), "./firesteel");
    assert.equal(name("/a/b/c/d/e/f/g/h/i/j/k/l/m/n/o/p/q/r/s/t/u/v/w/x/y/z", ""), launcher);
  });
});
