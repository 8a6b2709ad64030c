import { isIP } from "node:net";
import type { Settings } from "./settings.ts";

/** The settings that say where a server is. */
export type AddressSettings = Pick<
  Settings,
  "server.host" | "server.domain" | "server.publicUrl" | "tls.enabled" | "tls.cert"
>;

const LOOPBACK_ADDRESS = /^127(?:\.\d{1,3}){3}$/;
/** Both at once: which of them a client takes for `localhost`, its system says. */
const LOCALHOST = ["127.0.0.1", "::1"];
/** As the system writes them: every address of this machine, of IPv4 or of both families. */
const EVERY_ADDRESS: Readonly<Record<string, string>> = { "0.0.0.0": "127.0.0.1", "::": "::1" };
const DEFAULT_PORTS: Readonly<Record<string, number>> = { "http:": 80, "https:": 443 };

/** The addresses to listen on, IPv6 as the system writes it. The first is the one that has to be there. */
export function listenAddresses(host: string): readonly string[] {
  return host.toLowerCase() === "localhost" ? LOCALHOST : [plainAddress(host)];
}

/** Whether a listener at this address or name can be reached from this machine only. */
export function isLoopback(host: string): boolean {
  return listenAddresses(host).every((address) => LOOPBACK_ADDRESS.test(address) || address === "::1");
}

/** Whether each workspace listens on a port of its own too. */
export function hasWorkspacePorts(settings: AddressSettings): boolean {
  return isLoopback(settings["server.host"]) && settings["server.domain"] === "";
}

/** Where programs on this machine reach the server. */
export function localUrl(settings: AddressSettings, port: number): string {
  const host = settings["server.host"];
  const [address = host] = listenAddresses(host);
  const reached = EVERY_ADDRESS[address] ?? address;
  // The operator's certificate is for other names; for this one the local authority has one beside it.
  const named = settings["tls.cert"] !== "" && LOCALHOST.includes(reached);
  const name = named || host.toLowerCase() === "localhost" ? "localhost" : reached;
  return `${schemeOf(settings)}//${isIP(name) === 6 ? `[${name}]` : name}:${port}`;
}

/** Where clients reach the server; the local URL where the settings name no other. */
export function publicUrl(settings: AddressSettings, port: number): string {
  return settings["server.publicUrl"] || localUrl(settings, port);
}

/**
 * The URL of a workspace: below the domain where there is one, else on its own port, else the server's own.
 *
 * @param port that of the main listener
 */
export function workspaceUrl(
  settings: AddressSettings,
  port: number,
  workspace: { readonly deploymentName: string; readonly port: number | null },
): string {
  const domain = settings["server.domain"];
  const server = publicUrl(settings, port);
  if (domain !== "") {
    const { protocol, port: shown } = new URL(server);
    const named = Number(shown || DEFAULT_PORTS[protocol]);
    const suffix = named === DEFAULT_PORTS[protocol] ? "" : `:${named}`;
    return `${protocol}//${workspace.deploymentName.toLowerCase()}.${domain}${suffix}`;
  }
  if (workspace.port === null || !hasWorkspacePorts(settings)) return server;
  return localUrl(settings, workspace.port);
}

function schemeOf(settings: AddressSettings): string {
  return settings["tls.enabled"] ? "https:" : "http:";
}

/** `[::1]` and `0:0:0:0:0:0:0:1` as `::1`; a name stays as it is. */
function plainAddress(host: string): string {
  const address = host.replace(/^\[(.*)\]$/, "$1");
  if (isIP(address) !== 6 || address.includes("%")) return address;
  return new URL(`http://[${address}]`).hostname.slice(1, -1);
}
