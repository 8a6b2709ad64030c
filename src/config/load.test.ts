import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { describeSource, formatSetting, loadSettings } from "./load.ts";
import type { Environment, Machine } from "./machine.ts";
import { variableOf } from "./settings.ts";

const GIB = 1024 ** 3;

function machineWith(environment: Environment = {}): Machine {
  return {
    homeDirectory: "/home/ada",
    workingDirectory: "/work",
    cores: 4,
    memoryBytes: 16 * GIB,
    environment,
  };
}

describe("settings", () => {
  let directory: string;
  before(async () => {
    directory = await mkdtemp(join(tmpdir(), "firesteel-config-"));
  });
  after(() => rm(directory, { recursive: true }));

  async function configFile(content: string): Promise<string> {
    const path = join(directory, "firesteel.yaml");
    await writeFile(path, content);
    return path;
  }

  it("default to what the machine has", async () => {
    const { settings, sources } = await loadSettings({ machine: machineWith() });
    assert.equal(settings.dataDir, "/home/ada/.local/share/firesteel");
    assert.equal(settings.cacheDir, "/home/ada/.cache/firesteel");
    assert.equal(settings["server.port"], 7070);
    assert.equal(settings["engine.process.cores"], 4);
    assert.equal(settings["engine.process.memoryBudget"], 12 * GIB);
    assert.equal(settings["engine.process.memory"], "share");
    assert.deepEqual(settings["engine.fileRoots"], []);
    assert.equal(settings["runtimes.autoInstall"], true);
    assert.deepEqual(sources["server.port"], { kind: "default" });
  });

  it("follow absolute XDG directories and ignore relative ones", async () => {
    const machine = machineWith({ XDG_DATA_HOME: "/xdg", XDG_CACHE_HOME: "relative" });
    const { settings } = await loadSettings({ machine });
    assert.equal(settings.dataDir, "/xdg/firesteel");
    assert.equal(settings.cacheDir, "/home/ada/.cache/firesteel");
  });

  it("take flags before the environment before the file, and remember which", async () => {
    const path = await configFile("server:\n  port: 1\n  host: 0.0.0.0\nlog.level: warn\n");
    const loaded = await loadSettings({
      machine: machineWith({ FIRESTEEL_SERVER_PORT: "2", FIRESTEEL_LOG_LEVEL: "debug" }),
      flags: [{ setting: "server.port", text: "3", flag: "--port" }],
      configFile: path,
    });
    const rows = (["server.port", "log.level", "server.host"] as const).map((name) => [
      loaded.settings[name],
      describeSource(loaded.sources[name]),
    ]);
    assert.deepEqual(rows, [
      [3, "flag --port"],
      ["debug", "environment FIRESTEEL_LOG_LEVEL"],
      ["0.0.0.0", `file ${path}:3`],
    ]);
  });

  it("take relative paths from the working directory, or from the file's own", async () => {
    const path = await configFile("dataDir: data\n");
    const machine = machineWith({ FIRESTEEL_CACHE_DIR: "cache" });
    const { settings } = await loadSettings({ machine, configFile: path });
    assert.equal(settings.dataDir, join(directory, "data"));
    assert.equal(settings.cacheDir, "/work/cache");
  });

  it("take DATABASE_URL after the setting's own variable, and hide its password", async () => {
    const url = "postgres://ada:s3cret@db/firesteel";
    const { settings, sources } = await loadSettings({ machine: machineWith({ DATABASE_URL: url }) });
    assert.equal(settings["database.url"], url);
    assert.equal(describeSource(sources["database.url"]), "environment DATABASE_URL");
    assert.equal(formatSetting("database.url", url), "postgres://ada:***@db/firesteel");
  });

  it("take lists from YAML sequences and from text with colons", async () => {
    const path = await configFile("engine:\n  fileRoots:\n    - /a\n    - /b\n");
    assert.deepEqual(
      (await loadSettings({ machine: machineWith(), configFile: path })).settings["engine.fileRoots"],
      ["/a", "/b"],
    );
    const machine = machineWith({ FIRESTEEL_ENGINE_FILE_ROOTS: "/c:/d" });
    assert.deepEqual((await loadSettings({ machine, configFile: path })).settings["engine.fileRoots"], [
      "/c",
      "/d",
    ]);
  });

  const mistakes: [what: string, yaml: string, message: RegExp][] = [
    [
      "an unknown key",
      "server:\n  prot: 1\n",
      /firesteel\.yaml:2: unknown setting "server\.prot"; did you mean "server\.port"\?$/,
    ],
    [
      "a value of the wrong type",
      "\nserver:\n  port: many\n",
      /^server\.port: "many" is not a port from 0 to 65535 \(from file .*firesteel\.yaml:3\)$/,
    ],
    [
      "a section where a value belongs",
      "log:\n  level:\n    x: 1\n",
      /:2: log\.level is a value, not a section$/,
    ],
    [
      "a value where a section belongs",
      "server: 7070\n",
      /:1: server is a section: put its settings below it$/,
    ],
    [
      "an empty value",
      "server:\n  port:\n",
      /:2: server\.port has no value; remove the line to use the default$/,
    ],
    ["broken YAML", "server:\n  port: [1\n", /firesteel\.yaml:\d+: not valid YAML: /],
  ];
  for (const [what, yaml, message] of mistakes) {
    it(`refuse ${what} in a file, saying where`, async () => {
      const path = await configFile(yaml);
      await assert.rejects(loadSettings({ machine: machineWith(), configFile: path }), {
        name: "ConfigError",
        message,
      });
    });
  }

  it("refuse an unknown name given by a flag", async () => {
    const flags = [{ setting: "engine.proces.cores", text: "1", flag: "--set" }];
    await assert.rejects(loadSettings({ machine: machineWith(), flags }), {
      message: '--set: unknown setting "engine.proces.cores"; did you mean "engine.process.cores"?',
    });
  });

  it("refuse a file that cannot be read", async () => {
    await assert.rejects(
      loadSettings({ machine: machineWith(), configFile: "/nowhere/f.yaml" }),
      /cannot read the configuration file \/nowhere\/f\.yaml: ENOENT/,
    );
  });

  it("warn of variables that look like settings and are none", async () => {
    const machine = machineWith({ FIRESTEEL_SERVER_PROT: "1", FIRESTEEL_TEST_X: "1", FIRESTEEL_CONFIG: "" });
    assert.deepEqual((await loadSettings({ machine })).warnings, [
      "the variable FIRESTEEL_SERVER_PROT is no setting and has no effect; did you mean FIRESTEEL_SERVER_PORT?",
    ]);
  });

  it("have variables named after them", () => {
    assert.equal(variableOf("engine.process.memoryBudget"), "FIRESTEEL_ENGINE_PROCESS_MEMORY_BUDGET");
    assert.equal(variableOf("dataDir"), "FIRESTEEL_DATA_DIR");
  });
});
