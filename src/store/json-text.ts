/** Text that is the JSON of a `Value`: what is written to a column is what is read from it. */
export type JsonText<Value> = string & { readonly __json: Value };

export function toJsonText<Value>(value: Value): JsonText<Value> {
  // The brand exists for the compiler only.
  return JSON.stringify(value) as JsonText<Value>;
}

export function fromJsonText<Value>(text: JsonText<Value>): Value {
  return JSON.parse(text);
}
