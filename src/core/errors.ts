/** What went wrong, in words that no dialect owns. Each dialect maps every kind to its own status and name. */
export const DOMAIN_ERROR_KINDS = [
  "invalid",
  "not-found",
  "unauthenticated",
  "forbidden",
  "conflict",
  "throttled",
  "too-large",
  "not-implemented",
  "unavailable",
  "internal",
] as const;
export type DomainErrorKind = (typeof DOMAIN_ERROR_KINDS)[number];

/**
 * The one error that core and use cases throw. The message is part of the wire contract: clients show it and some
 * branch on it. `code` is set only where a kind has more than one name on the wire (the three signature errors).
 */
export class DomainError extends Error {
  override readonly name = "DomainError";
  readonly kind: DomainErrorKind;
  readonly code: string | null;
  /** What a program may want to know, where a dialect has a place for it. */
  readonly details: readonly object[];

  constructor(
    kind: DomainErrorKind,
    message: string,
    options: { code?: string; details?: readonly object[]; cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.kind = kind;
    this.code = options.code ?? null;
    this.details = options.details ?? [];
  }
}

export const invalid = (message: string) => new DomainError("invalid", message);
export const notFound = (message: string) => new DomainError("not-found", message);
