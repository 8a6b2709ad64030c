/** Longer values are cut: the model limits a message to 1024 characters. */
const MAX_VALUE_CHARACTERS = 256;

/** A value as the service prints it, Java's `toString`, in quotes and after a space. Sensitive ones are left out. */
export function quoted(value: unknown, sensitive: boolean): string {
  if (value === undefined || value === null) return " null";
  return sensitive ? "" : ` '${printed(value)}'`;
}

/** A value as Java prints it, cut where it is long. */
export function printed(value: unknown): string {
  const text = print(value);
  return text.length > MAX_VALUE_CHARACTERS ? `${text.slice(0, MAX_VALUE_CHARACTERS)}...` : text;
}

function print(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(print).join(", ")}]`;
  if (value !== null && typeof value === "object") {
    const members = Object.entries(value).map(([key, member]) => `${key}=${print(member)}`);
    return `{${members.join(", ")}}`;
  }
  return String(value);
}

/** What the service's JSON reader says of a value of the wrong kind (Coral's `SerializationException`). */
export function wrongKind(value: unknown, wanted: string): string {
  if (wanted === "array") return "Expected list or null";
  if (wanted === "object") return "Expected structure or map or null";
  if (Array.isArray(value)) return "Start of list found where not expected";
  if (typeof value === "object") return "Start of structure or map found where not expected";
  const actual = typeof value === "boolean" ? `${value}`.toUpperCase() : (typeof value).toUpperCase();
  const target = wanted === "integer" ? "an Integer" : wanted === "boolean" ? "a Boolean" : "a String";
  return `${actual}_VALUE can not be converted to ${target}`;
}
