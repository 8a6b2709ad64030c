import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { type TestContext, test } from "node:test";
import { Downloader } from "./download.ts";
import { fetchPipWheel } from "./pip-wheel.ts";

const WHEEL = Buffer.from("a wheel");
const PINNED = {
  fileName: "pip-25.3-py3-none-any.whl",
  sha256: createHash("sha256").update(WHEEL).digest("hex"),
};

/** A package index in which `/simple/pip/` moved, as indexes do, and files live elsewhere. */
const index: RequestListener = (request, response) => {
  if (request.url === "/simple/pip/") response.writeHead(301, { location: "/moved/pip/" }).end();
  else if (request.url === "/moved/pip/") {
    response.end(
      `<html><a href="../x">pip-9.whl</a><a href="../../files/pip?a=1&amp;b=2#sha256=0" data-x="1">${PINNED.fileName}</a></html>`,
    );
  } else if (request.url === "/files/pip?a=1&b=2") response.end(WHEEL);
  else response.writeHead(404).end();
};

async function serve(context: TestContext, listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, "127.0.0.1");
  context.after(() => server.close());
  await once(server, "listening");
  // A listening TCP server has an address of this form.
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test("a wheel is found through the index page", async (context) => {
  const origin = await serve(context, index);
  using downloader = new Downloader({ environment: {} });
  assert.deepEqual(await fetchPipWheel(downloader, `${origin}/simple/`, PINNED), WHEEL);
});

test("a wheel with another hash is refused", async (context) => {
  const origin = await serve(context, index);
  using downloader = new Downloader({ environment: {} });
  const other = { ...PINNED, sha256: "00" };
  await assert.rejects(fetchPipWheel(downloader, `${origin}/simple`, other), /has the sha256 \w{64}, not 00/);
});

test("an index without the wheel is told by name", async (context) => {
  const origin = await serve(context, index);
  using downloader = new Downloader({ environment: {} });
  const other = { ...PINNED, fileName: "pip-1.whl" };
  await assert.rejects(fetchPipWheel(downloader, `${origin}/simple`, other), /no pip-1\.whl/);
});

test("an error never tells the password of an index", async (context) => {
  const origin = await serve(context, index);
  using downloader = new Downloader({ environment: {} });
  const address = `${origin.replace("//", "//user:secret@")}/nothing`;
  await assert.rejects(fetchPipWheel(downloader, address, PINNED), (error: Error) => {
    assert.match(error.message, /\/nothing\/pip\/ answered 404/);
    assert.doesNotMatch(error.message, /secret/);
    return true;
  });
});

test("requests go through the proxy of the environment, which gets the index's credentials", async (context) => {
  const seen: IncomingMessage[] = [];
  const proxy = await serve(context, (request, response) => {
    seen.push(request);
    const { pathname, search } = new URL(request.url ?? "");
    request.url = `${pathname}${search}`;
    index(request, response);
  });
  using downloader = new Downloader({ environment: { HTTP_PROXY: proxy } });
  const wheel = await fetchPipWheel(downloader, "http://user:secret@index.invalid/simple", PINNED);
  assert.deepEqual(wheel, WHEEL);
  const basic = `Basic ${Buffer.from("user:secret").toString("base64")}`;
  assert.equal(seen[0]?.headers.authorization, basic);
});
