import { AwsV4Signer } from "aws4fetch";

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

export interface Call {
  readonly method: "GET" | "POST" | "DELETE";
  /** With its query. */
  readonly path: string;
  readonly body?: object;
  /** Sent instead of a signature. */
  readonly bearer?: string;
}

/** The bytes of a signed request on a connection that is kept, as SDKs send them. */
export async function signedRequest(url: string, credentials: Credentials, call: Call): Promise<Buffer> {
  const body = call.body === undefined ? undefined : JSON.stringify(call.body);
  const signed =
    call.bearer === undefined ? await signature(url, credentials, call, body) : bearer(call.bearer);
  const headers = [
    ["host", new URL(url).host],
    ...signed,
    ...(body === undefined ? [] : [["content-length", Buffer.byteLength(body)]]),
  ];
  const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`).join("");
  return Buffer.from(`${call.method} ${call.path} HTTP/1.1\r\n${lines}\r\n${body ?? ""}`);
}

const bearer = (token: string): Headers => new Headers({ authorization: `Bearer ${token}` });

async function signature(
  url: string,
  credentials: Credentials,
  call: Call,
  body: string | undefined,
): Promise<Headers> {
  const signed = await new AwsV4Signer({
    ...credentials,
    url: url + call.path,
    method: call.method,
    service: "emr-containers",
    region: "us-east-1",
    ...(body === undefined ? {} : { body, headers: { "content-type": "application/json" } }),
  }).sign();
  return signed.headers;
}
