import assert from "node:assert/strict";
import { test } from "node:test";
import { sampleSpec } from "../../../test/support/samples.ts";
import type { Properties } from "./properties-file.ts";
import { sparkUi, uiDefaults } from "./spark-ui.ts";

const ACCESS = { port: 41000, secret: "s".repeat(43) };
const KEPT = sampleSpec({ eventLog: true });
const DISABLED = sampleSpec({ eventLog: false });
const FILE = `port=41000\nsecret=${ACCESS.secret}\n`;
const OWN = ["--conf", "spark.ui.port=41000", "--conf", "spark.ui.filters=firesteel.ui.ServerOnly"];

const of = (properties: Properties, spec = KEPT, version = "3.5.9", access: typeof ACCESS | null = ACCESS) =>
  sparkUi(spec, version, properties, access);

test("pages are there for the server alone, whatever the user's options say of filters", () => {
  assert.deepEqual(of({}), { options: OWN, files: { "conf/ui.properties": FILE }, notes: [] });
  assert.equal(
    of({ "spark.ui.filters": "my.Filter" }).options[3],
    "spark.ui.filters=firesteel.ui.ServerOnly,my.Filter",
  );
  assert.equal(of({}, KEPT, "4.0.1").options[3], "spark.ui.filters=firesteel.ui.ServerOnlyJakarta");
});

test("the user's own port is honoured, and is where the server looks", () => {
  const { options, files } = of({ "spark.ui.port": "4040" });
  assert.equal(options[1], "spark.ui.port=4040");
  assert.match(files["conf/ui.properties"] ?? "", /^port=4040$/m);
  // 0 means any: ours is as good.
  assert.equal(of({ "spark.ui.port": "0" }).options[1], "spark.ui.port=41000");
});

const without: readonly [string, ReturnType<typeof sparkUi>, readonly RegExp[]][] = [
  ["persistentAppUI is DISABLED", of({}, DISABLED), []],
  [
    "persistentAppUI is DISABLED and the user opens them",
    of({ "spark.ui.enabled": "true" }, DISABLED),
    [/any program of this machine can open/],
  ],
  ["the server shows none", of({}, KEPT, "3.5.9", null), []],
  ["the user switches them off", of({ "spark.ui.enabled": " False" }), [/off until it has ended/]],
];
for (const [when, ui, notes] of without) {
  test(`nothing is added where ${when}`, () => {
    assert.deepEqual([ui.options, ui.files], [[], {}]);
    assert.equal(ui.notes.length, notes.length);
    for (const [index, note] of notes.entries()) assert.match(ui.notes[index] ?? "", note);
  });
}

test("settings that lead the pages' links astray are told", () => {
  assert.match(of({ "spark.ui.proxyBase": "/x" }).notes.join(), /spark\.ui\.proxyBase: links/);
});

test("without a word of the user's, pages are on exactly where they can be opened", () => {
  const enabled = (access: typeof ACCESS | null, spec = KEPT) => uiDefaults(access, spec)["spark.ui.enabled"];
  assert.deepEqual([enabled(ACCESS), enabled(null), enabled(ACCESS, DISABLED)], ["true", "false", "false"]);
});
