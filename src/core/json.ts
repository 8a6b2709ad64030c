/** A value that survives JSON. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** JSON with sorted keys: equal values give equal text, so the text can be compared or hashed. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(sorted(value));
}

function sorted(value: unknown): unknown {
  if (value === null || typeof value !== "object") return value;
  if (Array.isArray(value)) return value.map(sorted);
  const members = value as Record<string, unknown>; // every object is one, and its own names are all that is read
  const inOrder: Record<string, unknown> = {};
  // No name is `__proto__`: bodies with it are refused (http/shared/strict-json.ts).
  for (const name of Object.keys(members).sort()) inOrder[name] = sorted(members[name]);
  return inOrder;
}
