const NAME = "firesteel-ui";

/** The session's cookie: for its own path alone, out of reach of scripts, and not sent from other sites' pages. */
export function newCookie(value: string, path: string, seconds: number, secure: boolean): string {
  return `${NAME}=${value}; Path=${path}; Max-Age=${seconds}; HttpOnly; SameSite=Lax${secure ? "; Secure" : ""}`;
}

export function clearedCookie(path: string): string {
  return `${NAME}=; Path=${path}; Max-Age=0; HttpOnly; SameSite=Lax`;
}

/** The cookie that a request carries; null where it has none, or two, of which nobody could say which counts. */
export function readCookie(header: string | undefined): string | null {
  const values = (header ?? "").split(";").flatMap((pair) => {
    const at = pair.indexOf("=");
    return at >= 0 && pair.slice(0, at).trim() === NAME ? [pair.slice(at + 1).trim()] : [];
  });
  const [value] = values;
  return values.length === 1 && value !== undefined && value !== "" ? value : null;
}
