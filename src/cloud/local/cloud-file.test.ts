import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { temporaryDirectory } from "../../../test/support/temporary.ts";
import { CloudFile, readCloudFile } from "./cloud-file.ts";

/** The names of all members of a schema, and of those of what it holds. */
function membersOf(schema: object): string[] {
  const { properties = {}, patternProperties = {} } = schema as Readonly<Record<string, object>>; // as TypeBox makes them
  const own = Object.entries(properties).flatMap(([name, member]) => [name, ...membersOf(member)]);
  return [...own, ...Object.values(patternProperties).flatMap(membersOf)];
}

test("the file that the documentation prints is one, and has every member that there is", async (t) => {
  const text = await readFile(join(import.meta.dirname, "../../../docs/cloud-file.md"), "utf8");
  const [, example = ""] = /```json\n(.*?)```/s.exec(text) ?? [];
  const path = join(await temporaryDirectory(t), "cloud.json");
  await writeFile(path, example);
  assert.deepEqual(await readCloudFile(path), JSON.parse(example));
  const members = membersOf(CloudFile);
  assert.ok(members.length > 25, `${members.length} members`);
  for (const name of members) assert.ok(example.includes(`"${name}"`), name);
});

test("a file that is none is refused with its name and what is wrong", async (t) => {
  const directory = await temporaryDirectory(t);
  const refused = async (text: string, expected: RegExp) => {
    const path = join(directory, "cloud.json");
    await writeFile(path, text);
    await assert.rejects(readCloudFile(path), expected);
  };
  await assert.rejects(
    readCloudFile(join(directory, "none.json")),
    /Error: cloud\.local\.file: .*none\.json cannot be read: ENOENT/,
  );
  await refused("{", /cloud\.json is not JSON: /);
  await refused('{"vpc":{}}', /cloud\.json: \/vpc is no member that is known\.$/);
  await refused(
    '{"vpcs":{"vpc-1":{"region":"r","egress":"x"}}}',
    /\/vpcs\/vpc-1\/egress must be one of nat-gateway, nat-instance, firewall, none\.$/,
  );
  await refused('{"vpcs":{"vpc-1":{}}}', /cloud\.json: \/vpcs\/vpc-1 must have required properties region/);
  await refused(
    '{"addresses":{"us-west-2":{"limit":-1,"used":0}}}',
    /\/addresses\/us-west-2\/limit must be >= 0/,
  );
});
