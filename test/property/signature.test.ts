import assert from "node:assert/strict";
import { createHash, createHmac } from "node:crypto";
import { bodySha256, verifySignature } from "../../src/core/access/signature-v4.ts";
import { readSignature } from "../../src/core/access/signature-v4-claim.ts";
import { deriveSigningKey } from "../../src/core/access/signature-v4-keys.ts";
import type { RequestHead } from "../../src/core/access/signature-v4-request.ts";
import { DomainError } from "../../src/core/errors.ts";
import { property } from "./property.ts";
import type { Random } from "./random.ts";
import { awkwardText, mutated } from "./texts.ts";

const SERVICE = "emr-containers";
const SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
const DATE = "20261122T060000Z";
const NOW_MS = Date.parse("2026-11-22T06:00:00Z");
const SCOPE = { accessKeyId: "AKIDEXAMPLE", date: "20261122", region: "us-east-1", service: SERVICE };
/** Derived once: the derivation is the same for all, and has vectors of its own. */
const KEY = deriveSigningKey(SCOPE, SECRET);

interface Request extends RequestHead {
  readonly body: string;
}

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");
const WORD = () => /^[\w-]*$/;

function word(random: Random): string {
  return random.list(random.between(1, 8), () => random.pick([..."abcXYZ012-_"])).join("");
}

/** A request of the service, signed here by the letter of AWS's document and not with the code under test. */
function signed(random: Random): Request {
  const method = random.pick(["GET", "POST", "DELETE"]);
  const path = `/virtualclusters${random.list(random.between(0, 3), () => `/${word(random)}`).join("")}`;
  const names = [...new Set(random.list(random.between(0, 3), () => word(random)))].sort();
  const query = names.map((name) => `${name}=${word(random)}`).join("&");
  const body = method === "POST" ? `{"name":"${word(random)}"}` : "";
  const headers: [string, string][] = [
    ["host", "localhost:7070"],
    ["x-amz-content-sha256", sha256(body)],
    ["x-amz-date", DATE],
  ];
  if (random.chance(0.5)) headers.push(["x-amz-zz", word(random)]);
  const signedHeaders = headers.map(([name]) => name).join(";");
  const lines = headers.map(([name, value]) => `${name}:${value}`);
  const canonical = [method, path, query, ...lines, "", signedHeaders, sha256(body)].join("\n");
  const scope = `${SCOPE.date}/${SCOPE.region}/${SERVICE}/aws4_request`;
  const toSign = ["AWS4-HMAC-SHA256", DATE, scope, sha256(canonical)].join("\n");
  const signature = createHmac("sha256", KEY).update(toSign).digest("hex");
  const authorization = `AWS4-HMAC-SHA256 Credential=${SCOPE.accessKeyId}/${scope}, SignedHeaders=${signedHeaders}, Signature=${signature}`;
  return { method, path, query, headers: [...headers, ["authorization", authorization]], body };
}

function verify(request: Request): void {
  const claim = readSignature(request, SERVICE, NOW_MS);
  // Another scope would be another key, whatever the secret.
  const sameKey = claim.accessKeyId === SCOPE.accessKeyId && claim.region === SCOPE.region;
  const key = sameKey && claim.date === SCOPE.date ? KEY : deriveSigningKey(claim, SECRET);
  verifySignature(claim, request, bodySha256(Buffer.from(request.body)), key);
}

function refuses(request: Request): void {
  try {
    verify(request);
  } catch (error) {
    assert.ok(error instanceof DomainError && error.kind === "unauthenticated", String(error));
    return;
  }
  assert.fail("the request is accepted");
}

/** White space around and runs of it inside a header are not signed; nor is what separates parts of Authorization. */
const unsigned = (text: string) => text.trim().replace(/\s+/g, " ");

function withHeader(request: Request, index: number, value: string): Request {
  return {
    ...request,
    headers: request.headers.map(([name, old], at) => (at === index ? [name, value] : [name, old])),
  };
}

/** The request with one thing changed that its signature covers; null where the change means nothing. */
function changed(random: Random, request: Request): Request | null {
  const { method, path, query, headers, body } = request;
  switch (random.between(0, 7)) {
    case 0:
      return {
        ...request,
        method: random.pick(["GET", "POST", "DELETE", "PATCH"].filter((m) => m !== method)),
      };
    case 1:
      return { ...request, path: mutated(random, path) };
    case 2: {
      const other = mutated(random, query);
      // Percent-encoded or not, in whatever order: signed is what the pairs mean.
      return WORD().test(other.replace(/[=&]/g, "")) && !/=?(&|$)/.test(other.replace(/\w=\w/g, ""))
        ? { ...request, query: other }
        : { ...request, query: `${query}${query === "" ? "" : "&"}more=1` };
    }
    case 3:
      return { ...request, body: mutated(random, body).toWellFormed() };
    case 4: {
      const index = random.between(0, headers.length - 2);
      const value = headers[index]?.[1] ?? "";
      const other = mutated(random, value);
      return unsigned(other) === unsigned(value) ? null : withHeader(request, index, other);
    }
    case 5: {
      const gone = random.between(0, headers.length - 1);
      return { ...request, headers: headers.filter((_, index) => index !== gone) };
    }
    case 6: {
      const value = headers.at(-1)?.[1] ?? "";
      const digit = random.between(value.length - 64, value.length - 1);
      const other = random.pick([..."0123456789abcdef"].filter((c) => c !== value.charAt(digit)));
      return withHeader(request, headers.length - 1, value.slice(0, digit) + other + value.slice(digit + 1));
    }
    default:
      // A header of AWS's own that is not signed could change what the request means.
      return { ...request, headers: [...headers, [`x-amz-${word(random)}`, "1"]] };
  }
}

property("a request that was signed by the letter is accepted", signed, verify);

property(
  "a signed request in which anything was changed is refused",
  (random) => {
    const request = signed(random);
    return changed(random, request) ?? { ...request, method: "PATCH" };
  },
  refuses,
);

const AUTHORIZATION_PIECES = [
  "AWS4-HMAC-SHA256",
  "AWS4-",
  " ",
  ",",
  "=",
  "/",
  ";",
  "Credential=",
  "SignedHeaders=",
  "Signature=",
  "AKIDEXAMPLE/20261122/us-east-1/emr-containers/aws4_request",
  "host;x-amz-date",
  "0".repeat(64),
];

property(
  "any head is refused, and by name",
  (random) => ({
    method: random.pick(["GET", "POST", "", awkwardText(random, 2)]),
    path: random.chance(0.5) ? "/virtualclusters" : awkwardText(random),
    query: random.chance(0.5) ? "" : awkwardText(random),
    headers: [
      ...random.list(random.between(0, 4), (): [string, string] => [
        random.pick([
          "host",
          "Host",
          "x-amz-date",
          "date",
          "x-amz-content-sha256",
          "x-amz-security-token",
          "é",
        ]),
        random.chance(0.3) ? DATE : awkwardText(random, 4),
      ]),
      [
        "Authorization",
        random
          .list(random.between(0, 8), () =>
            random.chance(0.85) ? random.pick(AUTHORIZATION_PIECES) : awkwardText(random, 2),
          )
          .join(""),
      ] as [string, string],
    ],
    body: "",
  }),
  refuses,
);
