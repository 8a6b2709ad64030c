import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { TestContext } from "node:test";
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from "jose";

interface SigningKey {
  readonly kid: string;
  readonly alg: "RS256" | "ES256";
  readonly privateKey: CryptoKey;
  readonly publicJwk: object;
}

/** What a token says; what is undefined, it does not. */
export type TokenClaims = { readonly [Name in keyof JWTPayload]: JWTPayload[Name] | undefined };

/** An identity provider on loopback: metadata, keys, and tokens that say what a test wants. */
export interface TestIssuer {
  readonly issuer: string;
  /** The paths that it was asked for, in order. */
  readonly asked: string[];
  /** What it answers instead of its own, by path without a query; a path's function may do anything with the response. */
  readonly instead: Map<string, (response: ServerResponse, request: IncomingMessage) => void>;
  /** Its key set as text. */
  jwks(): string;
  /** Signs with a new key from now on, and shows no older one. */
  rotate(alg?: "RS256" | "ES256"): Promise<void>;
  /** @param claims beside the issuer; times are seconds */
  token(claims: TokenClaims, header?: { readonly kid?: string }): Promise<string>;
}

/**
 * @param path what the issuer's URL ends with, such as a tenant
 */
export async function testIssuer(test: Pick<TestContext, "after">, path = ""): Promise<TestIssuer> {
  let key = await newKey("RS256", 1);
  let made = 1;
  const asked: string[] = [];
  const instead: TestIssuer["instead"] = new Map();
  const server = createServer((request, response) => {
    const url = request.url ?? "";
    asked.push(url);
    const other = instead.get(url.split("?", 1)[0] ?? "");
    if (other !== undefined) return other(response, request);
    if (url === `${path.replace(/\/$/, "")}/.well-known/openid-configuration`)
      return sendJson(response, {
        issuer: issuer(),
        jwks_uri: `${origin(server)}/keys`,
        authorization_endpoint: `${origin(server)}${path}oauth2/authorize`,
      });
    if (url === "/keys") return sendJson(response, { keys: [key.publicJwk] });
    response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  test.after(
    () =>
      new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      }),
  );
  const issuer = () => `${origin(server)}${path}`;
  return {
    issuer: issuer(),
    asked,
    instead,
    jwks: () => JSON.stringify({ keys: [key.publicJwk] }),
    async rotate(alg = "RS256") {
      made += 1;
      key = await newKey(alg, made);
    },
    token: (claims, header = {}) =>
      new SignJWT(JSON.parse(JSON.stringify({ iss: issuer(), ...claims })))
        .setProtectedHeader({ alg: key.alg, kid: key.kid, ...header })
        .sign(key.privateKey),
  };
}

export function sendJson(response: ServerResponse, body: unknown): void {
  response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(body));
}

function origin(server: Server): string {
  // It listens on an address, not on a pipe.
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function newKey(alg: SigningKey["alg"], number: number): Promise<SigningKey> {
  const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true });
  const kid = `key-${number}`;
  return { kid, alg, privateKey, publicJwk: { ...(await exportJWK(publicKey)), kid, alg, use: "sig" } };
}
