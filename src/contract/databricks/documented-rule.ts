/** What a caller sees of a rule; words in braces stand for what the situation gives. */
export type RuleOutcome =
  /** A refusal in the envelope of the 2.x APIs. */
  | { readonly kind: "refusal"; readonly status: number; readonly code: string; readonly message: string }
  /** A refusal in SCIM's envelope. */
  | {
      readonly kind: "scim-refusal";
      readonly status: number;
      readonly scimType: string | null;
      readonly detail: string;
    }
  /** The workspace becomes FAILED with this message. */
  | { readonly kind: "failed-workspace"; readonly message: string }
  /** What a network's object says after the check. */
  | {
      readonly kind: "network-finding";
      readonly level: "error" | "warning";
      readonly type: string;
      readonly message: string;
    }
  /** What is answered where nothing is refused. */
  | { readonly kind: "behaviour"; readonly what: string };

/** A row of the specification's tables, and what becomes of it here. */
export interface DocumentedRule {
  /** Section and row of the specification, or the seed and its line. */
  readonly source: string;
  readonly condition: string;
  readonly outcome: RuleOutcome;
  /** It passes by itself: clients are to try again. */
  readonly passes?: true;
}

export const refusal = (status: number, code: string, message: string) =>
  ({ kind: "refusal", status, code, message }) as const;
export const invalid = (message: string) => refusal(400, "INVALID_PARAMETER_VALUE", message);
export const inState = (message: string) => refusal(409, "INVALID_STATE", message);
export const taken = (message: string) => refusal(409, "RESOURCE_ALREADY_EXISTS", message);
export const missing = (message: string) => refusal(404, "RESOURCE_DOES_NOT_EXIST", message);
export const failedWorkspace = (message: string) => ({ kind: "failed-workspace", message }) as const;
export const networkError = (type: string, message: string) =>
  ({ kind: "network-finding", level: "error", type, message }) as const;
export const networkWarning = (type: string, message: string) =>
  ({ kind: "network-finding", level: "warning", type, message }) as const;
export const scimRefusal = (status: number, scimType: string | null, detail: string) =>
  ({ kind: "scim-refusal", status, scimType, detail }) as const;
export const behaviour = (what: string) => ({ kind: "behaviour", what }) as const;
