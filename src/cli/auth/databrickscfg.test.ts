import assert from "node:assert/strict";
import { test } from "node:test";
import { CliError } from "../errors.ts";
import { profilesOf, withoutProfile, withProfile } from "./databrickscfg.ts";

const FILE = `# mine
[DEFAULT]
host = https://one.example.com
token = dapi1

; for later
[two]
# keep me
host=https://two.example.com
cluster_id : abc
username = u
password = p # q

[__settings__]
default_profile = two
`;

test("profiles are read as the SDKs read them", () => {
  assert.deepEqual(
    profilesOf(FILE).map(({ name, values }) => [name, Object.fromEntries(values)]),
    [
      ["DEFAULT", { host: "https://one.example.com", token: "dapi1" }],
      ["two", { host: "https://two.example.com", cluster_id: "abc", username: "u", password: "p # q" }],
    ],
  );
  assert.deepEqual(profilesOf(""), []);
});

test("writing a profile changes its keys and nothing else", () => {
  const written = withProfile(FILE, "two", { host: "https://3", auth_type: "pat", token: "t" }, [
    "username",
    "password",
  ]);
  assert.equal(
    written,
    FILE.replace(
      "[two]\n# keep me\nhost=https://two.example.com\n",
      "[two]\nhost = https://3\nauth_type = pat\ntoken = t\n# keep me\n",
    ).replace("username = u\npassword = p # q\n", ""),
  );
  assert.equal(withProfile(written, "two", { token: "t" }, []).split("token = t").length, 2);
});

test("a new profile comes last, and out it goes again", () => {
  const added = withProfile(FILE, "three", { host: "https://3" }, []);
  assert.equal(added, `${FILE}\n[three]\nhost = https://3\n`);
  assert.equal(withoutProfile(added, "three").trimEnd(), FILE.trimEnd());
  assert.equal(withProfile("", "DEFAULT", { host: "h" }, []), "[DEFAULT]\nhost = h\n");
  assert.equal(withoutProfile(FILE, "nobody"), FILE);
  // The comment above a section is the section's.
  assert.match(withoutProfile(FILE, "DEFAULT"), /^# mine\n\n; for later\n\[two\]\n# keep me\n/);
});

test("what could not be read back the same is refused", () => {
  for (const value of [
    "",
    " a",
    "a ",
    '"a"',
    "'a",
    "`a",
    "#a",
    ";a",
    "a #b",
    "a ;b",
    "a\nb = c",
    "a\\",
    "a\u0000",
  ])
    assert.throws(() => withProfile("", "p", { token: value }, []), CliError, JSON.stringify(value));
  for (const name of ["", "a]b", "[x", "a\nb", " a", "__settings__"])
    assert.throws(() => withProfile("", name, { token: "a" }, []), CliError, JSON.stringify(name));
  assert.match(
    withProfile("", "a b.c-d", { password: "p#q;r%s=t" }, []),
    /^\[a b.c-d\]\npassword = p#q;r%s=t\n$/,
  );
});
