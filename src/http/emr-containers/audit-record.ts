import type { TSchema } from "typebox";
import type { AnyOperation } from "../../contract/operation.ts";
import type { Caller } from "../../core/access/access-key.ts";
import type { Json } from "../../core/json.ts";
import type { AuditRecord } from "../../core/ports/audit.ts";
import type { ErrorAnswer } from "./errors.ts";
import { timestamp } from "./wire.ts";

/** What is known of a call when it has been answered. */
export interface AuditedCall {
  readonly operation: AnyOperation;
  readonly requestId: string;
  readonly eventId: string;
  readonly atMs: number;
  readonly sourceIp: string;
  readonly userAgent: string | null;
  /** Null where the caller was not authenticated. */
  readonly caller: Caller | null;
  /** Key id and region that the request claims, proven only where there is a caller. */
  readonly claimed: { readonly accessKeyId: string; readonly region: string } | null;
  /** The checked input; null where the call was refused before. */
  readonly input: object | null;
  readonly output: object | null;
  readonly error: ErrorAnswer | null;
}

/** CloudTrail's word for a value that the model marks as sensitive. */
const HIDDEN = "HIDDEN_DUE_TO_SECURITY_REASONS";

/** A record in CloudTrail's shape, with exactly the keys of emr-d.md D-010 (and the error's where there is one). */
export function auditRecord(call: AuditedCall): AuditRecord {
  const readOnly = call.operation.method === "GET";
  return {
    eventVersion: "1.05",
    userIdentity: userIdentity(call),
    eventTime: timestamp(call.atMs),
    eventSource: "emr-containers.amazonaws.com",
    eventName: call.operation.name,
    awsRegion: call.claimed?.region ?? null,
    sourceIPAddress: call.sourceIp,
    userAgent: call.userAgent,
    ...(call.error === null ? {} : { errorCode: call.error.code, errorMessage: call.error.message }),
    requestParameters: requestParameters(call),
    responseElements: readOnly || call.output === null ? null : asJson(call.output),
    requestID: call.requestId,
    eventID: call.eventId,
    readOnly,
    eventType: "AwsApiCall",
    recipientAccountId: call.caller?.account ?? null,
  };
}

function userIdentity({ caller, claimed }: AuditedCall): Json {
  if (caller === null) {
    return {
      type: "Unknown",
      principalId: "",
      accountId: "",
      ...(claimed && { accessKeyId: claimed.accessKeyId }),
    };
  }
  const { principalArn: arn, account: accountId, accessKeyId } = caller;
  const [kind = "", ...name] = (arn.split(":")[5] ?? "").split("/");
  const identity = { type: IDENTITY_TYPES[kind] ?? "IAMUser", principalId: arn, arn, accountId, accessKeyId };
  return kind === "user" ? { ...identity, userName: name.at(-1) ?? "" } : identity;
}

const IDENTITY_TYPES: Readonly<Record<string, string>> = {
  root: "Root",
  user: "IAMUser",
  "assumed-role": "AssumedRole",
};

function requestParameters({ operation, input }: AuditedCall): Json {
  if (input === null || !operation.implemented) return null;
  const { params, query, body } = operation;
  const schemaOf = (name: string) =>
    body.properties[name] ?? query.properties[name] ?? params.properties[name];
  const visible = Object.entries(input).map(([name, value]): [string, Json] => [
    name,
    redacted(schemaOf(name), value),
  ]);
  return visible.length === 0 ? null : Object.fromEntries(visible);
}

/** The keywords that lead to a sensitive value; the contract's schemas are plain JSON Schema objects. */
interface Visible {
  readonly "x-sensitive"?: boolean;
  readonly items?: Visible;
  readonly properties?: Readonly<Record<string, Visible>>;
  readonly patternProperties?: Readonly<Record<string, Visible>>;
}

function redacted(schema: TSchema | Visible | undefined, value: unknown): Json {
  const node: Visible = schema ?? {};
  if (node["x-sensitive"] === true) return HIDDEN;
  if (!hidesSomething(node)) return asJson(value);
  if (Array.isArray(value)) return value.map((item) => redacted(node.items, item));
  if (value === null || typeof value !== "object") return asJson(value);
  const any = Object.values(node.patternProperties ?? {})[0];
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name, redacted(node.properties?.[name] ?? any, member)]),
  );
}

/** By schema, of which there are as many as the contract has. */
const hiding = new WeakMap<Visible, boolean>();

/** Whether a value of the schema may hold one that is sensitive. */
function hidesSomething(node: Visible): boolean {
  const known = hiding.get(node);
  if (known !== undefined) return known;
  const { items, properties = {}, patternProperties = {} } = node;
  const below = [
    ...(items ? [items] : []),
    ...Object.values(properties),
    ...Object.values(patternProperties),
  ];
  const hides = node["x-sensitive"] === true || below.some(hidesSomething);
  hiding.set(node, hides);
  return hides;
}

/** Inputs and outputs come from JSON or go to it, so they hold nothing else. */
const asJson = (value: unknown) => value as Json;
