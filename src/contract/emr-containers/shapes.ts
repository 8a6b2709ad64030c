import { type TSchema, Type } from "typebox";

/**
 * Scalar shapes of botocore's model `emr-containers` 2020-10-01, by the model's names. Besides JSON Schema's keywords:
 *
 * - `x-pattern` is the pattern as the service prints it, `x-sensitive` marks values that are neither echoed nor audited,
 *   `x-wording` picks a message of its own;
 * - `x-unsupported` says what to do instead of a member not honoured yet, `x-unsupported-values` which values of a
 *   member are not honoured, with one of them, and `x-ignored` why a member is accepted and has no effect: what none of
 *   them marks is honoured (see `fields.ts`);
 * - `x-note` is what the parity table says beside a member, `x-not-shown` why no answer shows it although the model's
 *   could, and `x-with` names the siblings without which it is refused;
 * - `examples` are what the test of every field sends.
 */
interface TextLimits {
  readonly min?: number;
  readonly max: number;
  readonly pattern?: string;
  /** Where the model's pattern cannot be used as a JavaScript expression that covers the whole text. */
  readonly expression?: string;
  readonly sensitive?: boolean;
  readonly wording?: "role-arn" | "log-uri";
  /** A value that the service takes; needed where `x` is none. */
  readonly example?: string;
  readonly note?: string;
}

export function text(limits: TextLimits) {
  const expression =
    limits.expression ?? (limits.pattern === undefined ? undefined : `^(?:${limits.pattern})$`);
  return Type.String({
    minLength: limits.min ?? 1,
    maxLength: limits.max,
    ...(expression === undefined ? {} : { pattern: expression }),
    ...(limits.pattern === undefined ? {} : { "x-pattern": limits.pattern }),
    ...(limits.sensitive === true ? { "x-sensitive": true } : {}),
    ...(limits.wording === undefined ? {} : { "x-wording": limits.wording }),
    ...(limits.note === undefined ? {} : { "x-note": limits.note }),
    examples: [limits.example ?? "x"],
  });
}

/**
 * The model's `.*\S.*`: something other than white space. Java's dot excludes line ends, yet the guide's own
 * `sparkSubmitParameters` hold some (emr-b.md 1.4 E10, E13), so any text with a visible character passes.
 */
const VISIBLE = { pattern: ".*\\S.*", expression: "\\S" } as const;

export const visibleText = (max: number, sensitive = false, example = "x") =>
  text({ max, sensitive, example, ...VISIBLE });

/** A member that the model has and this server does not honour yet: refused by name. */
export function unsupported(instead: string) {
  return Type.Optional(Type.Never({ "x-unsupported": instead }));
}

/** A structure takes the members it names and no others. */
export function structure<Members extends Record<string, TSchema>>(
  members: Members,
  keywords: Readonly<Record<`x-${string}`, string>> = {},
) {
  return Type.Object(members, { additionalProperties: false, ...keywords });
}

export const ResourceId = text({ max: 64, pattern: "[0-9a-z]+" });
export const ResourceName = text({ max: 64, pattern: "[\\.\\-_/#A-Za-z0-9]+" });
export const ClientToken = visibleText(64);
export const ReleaseLabel = text({ max: 64, pattern: "[\\.\\-_/A-Za-z0-9]+", example: "emr-7.7.0-latest" });
export const ClusterId = text({
  max: 100,
  pattern: "^[0-9A-Za-z][A-Za-z0-9\\-_]*",
  note: "a name: no EKS cluster is looked up",
});
export const KubernetesNamespace = text({ max: 63, pattern: "[a-z0-9]([-a-z0-9]*[a-z0-9])?" });
export const LogGroupName = text({ max: 512, pattern: "[\\.\\-_/#A-Za-z0-9]+" });
export const NextToken = visibleText(1024);
export const String256 = visibleText(256);
export const String1024 = visibleText(1024);
export const SensitiveString1024 = visibleText(1024, true);
export const EntryPointPath = visibleText(256, true, "s3://bucket/job.py");
export const EntryPointArgument = visibleText(10_280, true);
export const SparkSubmitParameters = visibleText(102_400, true, "--conf spark.app.name=x");
export const SparkSqlParameters = visibleText(102_400, true, "-hivevar A=B");

/** Printed without the model's closing `$`: the wording and the pattern are those of emr-b.md 4.1 row 5. */
export const RoleArn = text({
  min: 20,
  max: 2048,
  pattern:
    "^arn:(aws[a-zA-Z0-9-]*):iam::(\\d{12})?:(role((\\u002F)|(\\u002F[\\u0021-\\u007F]+\\u002F))[\\w+=,.@-]+)",
  wording: "role-arn",
  example: "arn:aws:iam::123456789012:role/job",
  note: "its account must be the caller's; no role is assumed, and its policies are not read",
});

/** The model takes any text; the service takes `s3://…` only (emr-b.md 4.1 row 10). */
export const LogUri = text({
  max: 10_280,
  expression: "^s3://[^/\\s]+(?:/.*)?$",
  wording: "log-uri",
  example: "s3://bucket/logs",
});

export const RotationSize = text({
  min: 3,
  max: 12,
  pattern: "^\\d+(\\.\\d+)?[KMG][Bb]?$",
  example: "10MB",
  note: "a whole number from 2KB to 2GB",
});

/** emr-d.md 2.8: an empty value is allowed, although the model's pattern says otherwise. */
const TagValue = text({ min: 0, max: 256, pattern: ".*\\S.*", expression: "^$|\\S" });

export const TagKey = visibleText(128);

export const TagMap = Type.Record(Type.String(), TagValue, {
  propertyNames: TagKey,
  maxProperties: 50,
});

/** An instant in ISO 8601 with a zone, as the model's `Date` says for bodies and query strings alike. */
export const Timestamp = Type.String({ format: "date-time", examples: ["2026-11-22T06:00:00Z"] });

/**
 * The model has no bounds for `maxResults`. A page may always hold fewer rows than asked, so large values pass here
 * and the list's own largest page applies.
 */
export const MaxResults = Type.Integer({ minimum: 1, maximum: 2_147_483_647 });

/** The model's `RsiArn`: virtual clusters and what is below them. */
export const TaggableArn = text({
  min: 60,
  max: 500,
  pattern: "^arn:(aws[a-zA-Z0-9-]*):emr-containers:.+:(\\d{12}):/virtualclusters/.+$",
  example: "arn:aws:emr-containers:us-east-1:123456789012:/virtualclusters/x",
});

export const NOTHING = structure({});
