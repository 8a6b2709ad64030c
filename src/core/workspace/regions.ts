/**
 * Where workspaces can be, each with the letters of its availability zones that any account sees. Seed 000 L217, and the regions that the
 * vendor has opened since (databricks-account-api.md B7); zones: docs.aws.amazon.com/global-infrastructure/latest/regions.
 */
const ZONES: Readonly<Record<string, string>> = {
  "ap-northeast-1": "acd",
  "ap-northeast-2": "abcd",
  "ap-south-1": "abc",
  "ap-southeast-1": "abc",
  "ap-southeast-2": "abc",
  "ap-southeast-3": "abc",
  "ca-central-1": "abd",
  "eu-central-1": "abc",
  "eu-west-1": "abc",
  "eu-west-2": "abc",
  "eu-west-3": "abc",
  "sa-east-1": "abc",
  "us-east-1": "abcdef",
  "us-east-2": "abc",
  "us-gov-west-1": "abc",
  "us-west-1": "ac",
  "us-west-2": "abcd",
};

export const REGIONS: ReadonlySet<string> = new Set(Object.keys(ZONES));

/** The availability zones of a region, the default one first; none of a region where no workspace can be. */
export function zonesOf(region: string): readonly string[] {
  return [...(ZONES[region] ?? "")].map((letter) => `${region}${letter}`);
}
