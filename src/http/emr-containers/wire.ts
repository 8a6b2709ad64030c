import type { Scope } from "../../core/ids.ts";
import { keepLast } from "../../core/keep-last.ts";

/** Whole seconds, as the service prints times: `2026-11-22T06:00:00Z`. */
export function timestamp(ms: number): string {
  return textOfSecond(Math.floor(ms / 1000));
}

const textOfSecond = keepLast((second: number) => `${new Date(second * 1000).toISOString().slice(0, 19)}Z`);

/** Milliseconds of a checked timestamp; undefined for an absent one, so that it can be spread away. */
export function milliseconds(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Date.parse(text);
}

const PREFIX = "arn:aws:emr-containers";

/** emr-d.md D-018: a slash follows the last colon. */
export function virtualClusterArn({ region, account }: Scope, id: string): string {
  return `${PREFIX}:${region}:${account}:/virtualclusters/${id}`;
}

export function jobRunArn(scope: Scope, virtualClusterId: string, id: string): string {
  return `${virtualClusterArn(scope, virtualClusterId)}/jobruns/${id}`;
}

/** Leaves out members without a value: the service omits them, and optional members of ours hold no undefined. */
export function present<Members extends object>(members: Members): Present<Members> {
  const kept: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(members))
    if (value !== undefined && value !== null) kept[name] = value;
  // Object.entries forgets the members' types; only absent values are left out.
  return kept as Present<Members>;
}

type Present<Members> = {
  [Name in keyof Members as null extends Members[Name]
    ? never
    : undefined extends Members[Name]
      ? never
      : Name]: Members[Name];
} & {
  [Name in keyof Members as null extends Members[Name]
    ? Name
    : undefined extends Members[Name]
      ? Name
      : never]?: NonNullable<Members[Name]>;
};
