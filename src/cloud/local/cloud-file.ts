import { readFile } from "node:fs/promises";
import { type Static, Type } from "typebox";
import { Compile } from "typebox/compile";
import { invalidState } from "../../core/databricks-errors.ts";

const text = Type.String({ minLength: 1 });
const closed = { additionalProperties: false };
const optionalBoolean = Type.Optional(Type.Boolean());

const Vpc = Type.Object(
  {
    region: text,
    dnsSupport: optionalBoolean,
    dnsHostnames: optionalBoolean,
    /** How its subnets reach the internet. */
    egress: Type.Optional(
      Type.Union([
        Type.Literal("nat-gateway"),
        Type.Literal("nat-instance"),
        Type.Literal("firewall"),
        Type.Literal("none"),
      ]),
    ),
  },
  closed,
);
const Subnet = Type.Object(
  {
    vpc: text,
    zone: text,
    freeAddresses: Type.Optional(Type.Integer({ minimum: 0 })),
    /** Whether its network ACL lets the workspace's traffic through. */
    networkAclAllows: optionalBoolean,
  },
  closed,
);
const SecurityGroup = Type.Object(
  {
    vpc: text,
    /** TCP and UDP among its own members, in both directions. */
    selfTraffic: optionalBoolean,
    /** Out to the addresses that a workspace needs. */
    egress: optionalBoolean,
  },
  closed,
);
const Role = Type.Object(
  {
    /** Whether it can be assumed with the account's external id. */
    assumable: optionalBoolean,
    missingPermissions: Type.Optional(Type.Array(text)),
  },
  closed,
);
const Bucket = Type.Object(
  { region: Type.Optional(text), missingPermissions: Type.Optional(Type.Array(text)) },
  closed,
);
const Key = Type.Object({ usable: optionalBoolean }, closed);
const Endpoint = Type.Object(
  {
    region: text,
    awsAccountId: Type.Optional(Type.String({ pattern: "^\\d{12}$" })),
    service: Type.Optional(text),
    useCase: Type.Optional(
      Type.Union([
        Type.Literal("WORKSPACE_ACCESS"),
        Type.Literal("DATAPLANE_RELAY_ACCESS"),
        Type.Literal("GENERAL_ACCESS"),
      ]),
    ),
    state: Type.Optional(text),
  },
  closed,
);
const Connection = Type.Union([
  Type.Literal("PENDING"),
  Type.Literal("ESTABLISHED"),
  Type.Literal("REJECTED"),
  Type.Literal("DISCONNECTED"),
]);
const Quota = Type.Object(
  { limit: Type.Integer({ minimum: 0 }), used: Type.Integer({ minimum: 0 }) },
  closed,
);

/**
 * What exists in the caller's cloud, as a file says. A part that is absent is not known, so that nothing of its kind is
 * verified; where it is present, what it does not list does not exist. Times are not needed: it is read at every check.
 */
export const CloudFile = Type.Object(
  {
    vpcs: Type.Optional(Type.Record(text, Vpc)),
    subnets: Type.Optional(Type.Record(text, Subnet)),
    securityGroups: Type.Optional(Type.Record(text, SecurityGroup)),
    /** By ARN. */
    roles: Type.Optional(Type.Record(text, Role)),
    buckets: Type.Optional(Type.Record(text, Bucket)),
    /** By ARN. */
    keys: Type.Optional(Type.Record(text, Key)),
    vpcEndpoints: Type.Optional(Type.Record(text, Endpoint)),
    /** How endpoints of serverless compute to a service stand, by its name; of one that is not listed nothing is known. */
    endpointServices: Type.Optional(Type.Record(text, Connection)),
    /** Elastic IP addresses, by region. */
    addresses: Type.Optional(Type.Record(text, Quota)),
  },
  closed,
);
export type CloudFile = Static<typeof CloudFile>;

const check = Compile(CloudFile);

/** Reads the file; throws `INVALID_STATE` with its name and what is wrong where it is not of the form. */
export async function readCloudFile(path: string): Promise<CloudFile> {
  const content = await readFile(path, "utf8").catch((cause: unknown) => {
    throw invalidState(`cloud.local.file: ${path} cannot be read: ${messageOf(cause)}.`);
  });
  let value: unknown;
  try {
    value = JSON.parse(content);
  } catch (cause) {
    throw invalidState(`cloud.local.file: ${path} is not JSON: ${messageOf(cause)}.`);
  }
  if (check.Check(value)) return value;
  throw invalidState(`cloud.local.file: ${path}: ${faultOf(check.Errors(value))}.`);
}

function faultOf(faults: ReturnType<typeof check.Errors>): string {
  const [fault] = faults;
  if (fault === undefined) return "the file does not have the form that is known";
  // What a member that nobody knows is called, its address ends with.
  if (fault.keyword === "boolean") return `${fault.instancePath} is no member that is known`;
  const words = faults.flatMap((each) =>
    each.keyword === "const" && each.instancePath === fault.instancePath ? [each.params.allowedValue] : [],
  );
  const what = words.length > 0 ? `must be one of ${words.join(", ")}` : fault.message;
  return `${fault.instancePath || "the file"} ${what}`;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
