/** Replaces what differs from run to run by its kind, and numbers ids in the order of their appearance. */
export function normalise(output: string): string {
  const seen = new Map<string, string>();
  const numbered = (kind: string) => (id: string) => {
    const known =
      seen.get(id) ??
      `[${kind}-${[...seen.values()].filter((value) => value.startsWith(`[${kind}`)).length + 1}]`;
    seen.set(id, known);
    return known;
  };
  return output
    .replace(/datetime\.datetime\([^)]*\)\)?/g, "[TIME]")
    .replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)/g, "[TIME]")
    .replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, "[UUID]")
    .replace(/\b0[0-9a-z]{18}\b/g, numbered("RUN"))
    .replace(/\b[0-9a-z]{25}\b/g, numbered("CLUSTER"))
    .replace(/\d{8}T\d{6}Z/g, "[TIME]")
    .replace(/It ran for \d+ Seconds/g, "It ran for [N] Seconds")
    .replace(/'clientToken': '[^']*'/g, "'clientToken': '[TOKEN]'")
    .replace(/"clientToken": "[^"]*"/g, '"clientToken": "[TOKEN]"');
}
