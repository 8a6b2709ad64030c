import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { lstat, mkdir, readdir, readFile, readlink, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { fileURLToPath } from "node:url";
import { temporaryDirectory } from "../../../test/support/temporary.ts";
import type { AddedFile } from "./added-files.ts";
import { exists } from "./run-directory.ts";

const SCRIPT = fileURLToPath(new URL("../../../drivers/supervisor/added_files.py", import.meta.url));

/** Makes an archive by its name's end, of [name, type as tarfile has it, content or target, mode]. */
const MAKE = `
import io, json, sys, tarfile, zipfile
def make(path, members):
  if path.endswith(".zip"):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, kind, content, mode in members:
            info = zipfile.ZipInfo(name)
            info.external_attr = mode << 16
            archive.writestr(info, content)
  else:
    with tarfile.open(path, "w:gz" if path.lower().endswith("gz") else "w") as archive:
        for name, kind, content, mode in members:
            info = tarfile.TarInfo(name)
            info.type, info.mode, info.mtime = getattr(tarfile, kind), mode, 1000000000
            data = b""
            if kind == "REGTYPE":
                data = content.encode()
                info.size = len(data)
            else:
                info.linkname = content
            archive.addfile(info, io.BytesIO(data))

for path, members in json.loads(sys.argv[1]):
    make(path, members)
`;

type Member = readonly [name: string, type: string, content: string, mode: number];
const file = (name: string, content = "x", mode = 0o644): Member => [name, "REGTYPE", content, mode];
const link = (name: string, target: string): Member => [name, "SYMTYPE", target, 0o777];
const hardLink = (name: string, target: string): Member => [name, "LNKTYPE", target, 0o644];

async function open(context: TestContext) {
  const directory = await temporaryDirectory(context);
  const work = join(directory, "run/work");
  const bucket = join(directory, "buckets/lake");
  await mkdir(work, { recursive: true });
  await mkdir(bucket, { recursive: true });
  const run = (args: readonly string[]) => spawnSync("python3", args, { cwd: work, encoding: "utf8" });
  return {
    directory,
    work,
    bucket,
    archives(...all: readonly (readonly [name: string, members: readonly Member[]])[]): void {
      const paths = all.map(([name, members]) => [join(bucket, name), members]);
      const made = run(["-c", MAKE, JSON.stringify(paths)]);
      assert.equal(made.status, 0, made.stderr);
    },
    async put(...added: readonly (Partial<AddedFile> & { readonly path: string })[]) {
      const plan = join(directory, "plan.json");
      const whole = added.map((one) => ({
        option: "--archives",
        address: `s3://lake/${one.path}`,
        name: "it",
        bucket,
        unpack: true,
        ...one,
        path: join(bucket, one.path),
      }));
      await writeFile(plan, JSON.stringify(whole));
      const { status, stdout, stderr } = run([
        ...["-I", "-S", "-B", "-X", "utf8", SCRIPT, plan],
        ...["/bin/sh", "-c", 'echo "$@"', "sh", "a b", "ü"],
      ]);
      return { status, stdout, stderr };
    },
  };
}

test("an archive is unpacked by its name's end, and the program is run", async (context) => {
  const { work, archives, put } = await open(context);
  const names = ["env.tar.gz", "env.TGZ", "env.tar", "env.zip"];
  const members = [
    file("bin/run", "#!/bin/sh\n", 0o755),
    file("./lib/größe.txt", "old"),
    file("lib/größe.txt", "new", 0o4444),
  ];
  archives(...names.map((name) => [name, members] as const));
  const { status, stdout, stderr } = await put(...names.map((name) => ({ path: name, name })));
  assert.deepEqual([status, stdout, stderr], [0, "a b ü\n", ""]);
  for (const name of names) {
    assert.equal(await readFile(join(work, name, "lib/größe.txt"), "utf8"), "new");
    assert.equal((await stat(join(work, name, "lib/größe.txt"))).mode & 0o7777, 0o644);
    assert.equal((await stat(join(work, name, "bin/run"))).mode & 0o100, 0o100);
  }
});

test("a Python environment's links stay what they are, and its files keep their times", async (context) => {
  const { work, archives, put } = await open(context);
  const members = [
    link("bin/python3", "/usr/bin/python3"),
    link("bin/python", "python3"),
    file("lib/a.py"),
    hardLink("lib/b.py", "lib/a.py"),
    link("lib64", "lib"),
    hardLink("bin/python3.9", "bin/python"),
  ];
  archives(["env.tar.gz", members]);
  assert.equal((await put({ path: "env.tar.gz" })).status, 0);
  const links = ["bin/python3", "bin/python", "lib64", "bin/python3.9"];
  const targets = await Promise.all(links.map((name) => readlink(join(work, "it", name))));
  assert.deepEqual(targets, ["/usr/bin/python3", "python3", "lib", "python3"]);
  assert.equal(await readFile(join(work, "it/lib64/b.py"), "utf8"), "x");
  assert.equal((await stat(join(work, "it/lib/a.py"))).mtimeMs, 1e12);
});

test("files are copied, to be executed too, and the last of a name stays", async (context) => {
  const { work, bucket, archives, put } = await open(context);
  archives(["a.tar", [file("x")]]);
  await writeFile(join(bucket, "f"), "text");
  await writeFile(join(bucket, "no-archive.7z"), "kept");
  const { status } = await put(
    { path: "a.tar", name: "f" },
    { path: "f", name: "f", unpack: false },
    { path: "no-archive.7z", name: "seven" },
  );
  assert.equal(status, 0);
  assert.equal(await readFile(join(work, "f"), "utf8"), "text");
  assert.equal((await stat(join(work, "f"))).mode & 0o777, 0o700);
  assert.equal(await readFile(join(work, "seven"), "utf8"), "kept");
});

const HOSTILE: readonly (readonly [
  what: string,
  name: string,
  members: readonly Member[],
  message: RegExp,
])[] = [
  ["a way up", "a.tar.gz", [file("../../evil")], /its member \.\.\/\.\.\/evil leads out of it/],
  ["a way up behind a folder", "a.tar", [file("a/../../../evil")], /leads out of it/],
  ["a path from the root", "a.tar", [file("/tmp/evil")], /leads out of it/],
  ["a way up in a zip", "a.zip", [file("../../evil")], /leads out of it/],
  ["a path from the root in a zip", "a.zip", [file("/tmp/evil")], /leads out of it/],
  [
    "a link that files are below",
    "a.tar.gz",
    [link("out", "../.."), file("out/evil")],
    /out\/evil lies below a link/,
  ],
  [
    "a link of a link",
    "a.tar",
    [link("a", ".."), link("a/b", ".."), file("a/b/evil")],
    /a\/b lies below a link/,
  ],
  ["a link in the place of a folder", "a.tar", [file("out/x"), link("out", "../..")], /out is a folder too/],
  [
    "a folder in the place of a link",
    "a.tar",
    [link("out", "../.."), ["out", "DIRTYPE", "", 0o755], file("out/evil")],
    /lies below a link/,
  ],
  ["a hard link that leads out", "a.tar", [hardLink("x", "../../secret")], /leads out of it/],
  ["a hard link to a path", "a.tar", [hardLink("x", "/etc/passwd")], /leads out of it/],
  [
    "a hard link through a link",
    "a.tar",
    [link("up", "../.."), hardLink("x", "up/secret"), file("x", "overwritten")],
    /x is a link to what is not before it/,
  ],
  ["a hard link to itself", "a.tar", [file("x"), hardLink("x", "x")], /is a link to what is not before it/],
  ["a pipe", "a.tar", [["pipe", "FIFOTYPE", "", 0o644]], /neither a file nor a folder nor a link/],
  ["a device", "a.tar", [["null", "CHRTYPE", "", 0o644]], /neither a file nor a folder nor a link/],
  ["a member below a file", "a.tar", [file("a"), file("a/b")], /a\/b lies below a file|File exists/],
  ["a nameless file", "a.tar", [file(".")], /has no name/],
  ["a name that is too long", "a.tar", [file("x".repeat(300))], /File name too long/],
];

test("a hostile archive is refused, and nothing is written outside", async (context) => {
  const { directory, work, archives, bucket, put } = await open(context);
  await writeFile(join(directory, "run/secret"), "secret");
  for (const index of HOSTILE.keys()) await mkdir(join(bucket, String(index)));
  archives(...HOSTILE.map(([, name, members], index) => [`${index}/${name}`, members] as const));
  for (const [index, [what, name, , message]] of HOSTILE.entries()) {
    const { status, stdout, stderr } = await put({ path: `${index}/${name}` });
    assert.deepEqual([status, stdout], [1, ""], what);
    assert.match(stderr, new RegExp(`^Error: --archives s3://lake/${index}/${name}: .*\\.\n$`), what);
    assert.match(stderr, message, what);
    assert.deepEqual(await readdir(work), ["it"], what);
    assert.deepEqual((await readdir(join(directory, "run"))).sort(), ["secret", "work"], what);
    assert.equal(await readFile(join(directory, "run/secret"), "utf8"), "secret", what);
    assert.equal(await exists("/tmp/evil"), false, what);
  }
});

test("what an archive of a name before left is not followed", async (context) => {
  const { directory, work, archives, put, bucket } = await open(context);
  archives(["a.tar", [link("out", "../..")]]);
  await writeFile(join(bucket, "f"), "text");
  await symlink(directory, join(work, "linked"));
  const { status } = await put(
    { path: "a.tar" },
    { path: "a.tar" },
    { path: "f", name: "linked", unpack: false },
  );
  assert.equal(status, 0);
  assert.equal((await lstat(join(work, "linked"))).isFile(), true);
  assert.ok((await readdir(directory)).includes("buckets"));
});

test("what is missing, no file, broken or outside of its bucket ends the run", async (context) => {
  const { directory, bucket, archives, put } = await open(context);
  archives(["whole.tar.gz", [file("x", "y".repeat(100_000))]]);
  await writeFile(
    join(bucket, "cut.tar.gz"),
    (await readFile(join(bucket, "whole.tar.gz"))).subarray(0, 150),
  );
  await mkdir(join(bucket, "folder"));
  await writeFile(join(bucket, "text.zip"), "no archive");
  await writeFile(join(bucket, "text.tgz"), "no archive");
  await writeFile(join(directory, "outside"), "secret");
  await symlink(join(directory, "outside"), join(bucket, "link"));
  for (const [path, message] of [
    ["missing.json", "there is no such file"],
    ["text.zip/x", "there is no such file"],
    ["folder", "it is no file"],
    ["link", "it leads out of its bucket"],
    ["text.zip", "it cannot be unpacked: BadZipFile: File is not a zip file"],
    ["text.tgz", "it cannot be unpacked: ReadError: not a gzip file"],
  ] as const) {
    const { status, stderr } = await put({ path });
    assert.deepEqual([status, stderr], [1, `Error: --archives s3://lake/${path}: ${message}.\n`]);
  }
  assert.match((await put({ path: "cut.tar.gz" })).stderr, /it cannot be unpacked: \w+Error: /);
});
