export interface Cookie {
  readonly name: string;
  readonly value: string;
  /** Below which the browser sends it. */
  readonly path: string;
  readonly seconds: number;
  /** Whether it is for TLS alone. */
  readonly secure: boolean;
}

/** A cookie out of reach of scripts, and not sent with what other sites' pages ask for. */
export function newCookie({ name, value, path, seconds, secure }: Cookie): string {
  return `${name}=${value}; Path=${path}; Max-Age=${seconds}; HttpOnly; SameSite=Lax${secure ? "; Secure" : ""}`;
}

/** The cookie of a name that a request carries; null where it has none, or two, of which nobody could say which counts. */
export function readCookie(header: string | undefined, name: string): string | null {
  const values = (header ?? "").split(";").flatMap((pair) => {
    const at = pair.indexOf("=");
    return at >= 0 && pair.slice(0, at).trim() === name ? [pair.slice(at + 1).trim()] : [];
  });
  const [value] = values;
  return values.length === 1 && value !== undefined && value !== "" ? value : null;
}
