import vendor from "./databricks-account-members.json" with { type: "json" };

/** Members that a route of the vendor's takes and answers, at any depth with dots in between. */
interface VendorMembers {
  readonly sent: string;
  readonly received: string;
}

// A list of routes, which the type of a JSON file cannot say.
const VENDOR = new Map(
  Object.entries(vendor as Readonly<Record<string, VendorMembers>>).map(([route, members]) => [
    nameless(route),
    members,
  ]),
);

/** Why a member of the vendor's is not there, by `<operation> <direction> <member>`; the first that fits counts. */
const REASONS: readonly (readonly [RegExp, string])[] = [
  [/azure_| (endpoint_name|group_id|resource_id)$|\.(endpoint_name|group_id|resource_id)$/, "of Azure alone"],
  [/gcp_|gke_|cloud_resource_container|expected_workspace_status/, "of Google Cloud alone"],
  [/^workspaces\.\w+ \w+ (location|network)$/, "of Google Cloud alone"],
  [/^workspaces\.\w+ \w+ cloud$/, "always AWS; ignored"],
  [/^workspaces\.update sent /, "read-only; ignored"],
  [/^encryption-keys\.create sent aws_key_info\.key_region$/, "read from the ARN; ignored"],
  [/vpc_endpoint_id$/, "no endpoint is made here"],
  [/error_message$/, "no endpoint is made here that could fail"],
  [/ received next_page_token$/, "one page holds all"],
  [/^service-principal-secrets\.\w+ received .*scopes$/, "always `all-apis`"],
  [/^billable-usage\.download received contents$/, "the SDK's name for the file"],
  [/^(users|groups|service-principals)\.\w+ received .*account_id$/, "the path has it"],
  [/^(users|groups|service-principals)\.create sent (id|meta)$/, "given by the server; ignored"],
  [/^groups\.update sent meta$/, "given by the server; ignored"],
  [
    /^(users|groups|service-principals)\.\w+ sent \w+\.[$\w]+$/,
    "read with its attribute, as the answer has it",
  ],
  [/^users\.get sent /, "means nothing for one user; ignored"],
  [/federation-policy\.\w+ sent (create_time|service_principal_id|uid|update_time)$/, "read-only; ignored"],
];

export interface Absent {
  readonly direction: "sent" | "received";
  readonly member: string;
  readonly reason: string;
}

/**
 * The vendor's members that an operation does not have, and why; of an object that is absent as a whole just that.
 * Throws where no reason is known: a member is there, or it is said why not.
 */
export function absentMembers(
  { name, routes }: { readonly name: string; readonly routes: readonly string[] },
  known: Readonly<Record<Absent["direction"], ReadonlySet<string>>>,
): readonly Absent[] {
  const members = routes.map((route) => VENDOR.get(nameless(route))).find((each) => each !== undefined);
  if (members === undefined) return [];
  return (["sent", "received"] as const).flatMap((direction) => {
    const absent = members[direction].split(" ").filter((each) => each !== "" && !known[direction].has(each));
    const whole = absent.filter((each) => !absent.some((other) => each.startsWith(`${other}.`)));
    return whole.map((member) => {
      const key = `${name} ${direction} ${member}`;
      const reason = REASONS.find(([pattern]) => pattern.test(key))?.[1];
      if (reason === undefined)
        throw new Error(
          `scripts/parity-databricks-absent.ts says nothing of '${key}': serve it, or say why not.`,
        );
      return { direction, member, reason };
    });
  });
}

/** A route whose parameters have no names: they are not the same everywhere. */
export function nameless(route: string): string {
  return route.replace(/\{\w+\}/g, "{}");
}
