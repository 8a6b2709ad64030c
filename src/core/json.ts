/** A value that survives JSON. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** Whether a parsed value is an object, and no list and no null. */
export function isJsonObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}

/** JSON with sorted keys: equal values give equal text, so the text can be compared or hashed. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(sorted(value));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isJsonObject(value)) return value;
  const inOrder: Record<string, unknown> = {};
  // No name is `__proto__`: bodies with it are refused (http/shared/strict-json.ts).
  for (const name of Object.keys(value).sort()) inOrder[name] = sorted(value[name]);
  return inOrder;
}
