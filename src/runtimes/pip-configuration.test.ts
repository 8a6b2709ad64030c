import assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { temporaryDirectory } from "../../test/support/temporary.ts";
import { readPipConfiguration } from "./pip-configuration.ts";

/** A home whose user has this pip.conf. */
async function homeWith(context: TestContext, text: string): Promise<string> {
  const home = await temporaryDirectory(context);
  await mkdir(join(home, ".config", "pip"), { recursive: true });
  await writeFile(join(home, ".config", "pip", "pip.conf"), text);
  return home;
}

test("the user's pip.conf names index, authorities and proxy", async (context) => {
  const HOME = await homeWith(
    context,
    "# ours\n[global]\nindex_url = https://mirror.test/simple/\ncert: /ca.pem\n[install]\nproxy=http://proxy.test:3128\n",
  );
  assert.deepEqual(readPipConfiguration({ HOME }), {
    indexUrl: "https://mirror.test/simple/",
    certificates: "/ca.pem",
    proxy: "http://proxy.test:3128",
  });
});

test("a variable goes before every file, and the named file before the user's", async (context) => {
  const HOME = await homeWith(context, "[global]\nindex-url = https://user.test\ncert = /user.pem\n");
  const PIP_CONFIG_FILE = join(HOME, "named.conf");
  await writeFile(PIP_CONFIG_FILE, "[global]\ncert = /named.pem\n");
  const found = readPipConfiguration({ HOME, PIP_CONFIG_FILE, PIP_INDEX_URL: "https://variable.test" });
  assert.equal(found.indexUrl, "https://variable.test");
  assert.equal(found.certificates, "/named.pem");
});

test("without a word on authorities, those of the other tools serve", () => {
  const environment = { PIP_CONFIG_FILE: "/dev/null", REQUESTS_CA_BUNDLE: "/bundle.pem" };
  assert.deepEqual(readPipConfiguration(environment), {
    indexUrl: "https://pypi.org/simple",
    certificates: "/bundle.pem",
    proxy: null,
  });
});
