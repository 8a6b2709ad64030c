import { X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import { connect } from "node:tls";
import type { Context } from "../context.ts";
import { messageOf } from "../errors.ts";
import { authorityFile } from "../machine/authority.ts";
import { type Check, fail, ok, warn } from "./check.ts";
import { leadsTo } from "./probe.ts";

const DAY_MS = 86_400_000;
const SOON_MS = 14 * DAY_MS;
const HANDSHAKE_TIMEOUT_MS = 5_000;

/** Asks the running server whether it proves who it is, and whether the names below its domain lead to it. */
export async function checkCertificates(
  url: string,
  { settings, clock }: Pick<Context, "settings" | "clock">,
): Promise<Check[]> {
  const domain = settings["server.domain"];
  const checks: Check[] = [];
  if (url.startsWith("https:")) {
    checks.push(judgeHandshake(authorityFile(settings.dataDir), await handshake(url)));
    if (settings["tls.cert"] !== "") {
      const file = settings["tls.cert"];
      const until = await readFile(file).then((text) => new X509Certificate(text).validTo, messageOf);
      checks.push(judgeOwnCertificate(file, until, clock.now()));
    }
  }
  if (domain !== "") {
    const { protocol, port } = new URL(settings["server.publicUrl"] || url);
    const accounts = `${protocol}//accounts.${domain}${port === "" ? "" : `:${port}`}`;
    checks.push(judgeDomain(accounts, await leadsTo(accounts, null)));
  }
  return checks;
}

/** `problem` is why a client that trusts the authority would not go on; null where it would. */
export function judgeHandshake(authority: string, problem: string | null): Check {
  if (problem === null)
    return ok("TLS", `clients that trust ${authority} know this server; \`firesteel env\` points them at it`);
  return fail("TLS", `the server does not prove who it is: ${problem}`, "Start the server anew.");
}

/** `until` is when it ends, as certificates write it, or why it cannot be read. */
export function judgeOwnCertificate(file: string, until: string, nowMs: number): Check {
  const left = Date.parse(until) - nowMs;
  const remedy = "Put a new certificate and its key there: the server reads them by itself.";
  if (Number.isNaN(left)) return fail("Certificate", `${file}: ${until}`, remedy);
  if (left <= 0) return fail("Certificate", `${file} has ended: ${until}`, remedy);
  return left < SOON_MS
    ? warn("Certificate", `${file} ends soon: ${until}`, remedy)
    : ok("Certificate", `${file} is good until ${until}`);
}

export function judgeDomain(accounts: string, isReachable: boolean): Check {
  if (isReachable) return ok("Domain", `${accounts} leads to this server`);
  return warn(
    "Domain",
    `${accounts} does not lead to this server from here`,
    "Have DNS, or /etc/hosts, lead every name below server.domain to it. On this machine the account is reached without.",
  );
}

function handshake(url: string): Promise<string | null> {
  const { hostname, port } = new URL(url);
  const host = hostname.replace(/^\[|\]$/g, "");
  return new Promise((resolve) => {
    const socket = connect({ host, port: Number(port), timeout: HANDSHAKE_TIMEOUT_MS }, () => done(null));
    const done = (problem: string | null) => {
      socket.destroy();
      resolve(problem);
    };
    socket.once("timeout", () => done("it does not answer"));
    socket.once("error", (error) => done(messageOf(error)));
  });
}
