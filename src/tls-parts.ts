import { X509Certificate } from "node:crypto";
import { getCACertificates } from "node:tls";
import type { Logger } from "pino";
import { dataPaths, writePrivateFile } from "./cloud/local/data-directory.ts";
import { systemClock } from "./cloud/local/system-clock.ts";
import { listenAddresses } from "./config/addresses.ts";
import type { Settings } from "./config/settings.ts";
import type { KeyRing } from "./core/ports/key-ring.ts";
import type { CreateServer } from "./http/shared/make-server.ts";

/** What a server that speaks HTTPS has more. */
export interface Tls {
  readonly createServer: CreateServer;
  /** Variables by which clients trust the local authority, and whom they trusted before. */
  readonly environment: Readonly<Record<string, string>>;
  stop(): void;
}

/**
 * Opens the certificates of a server that speaks HTTPS; null where it does not. The library that issues them is loaded
 * only here. Throws with a message for the operator.
 */
export async function openTls(settings: Settings, keyRing: KeyRing, logger: Logger): Promise<Tls | null> {
  const own = ownFiles(settings);
  if (!settings["tls.enabled"]) return null;
  const [{ LocalAuthority }, { Certificates }, { certificateNames }] = await Promise.all([
    import("./tls/authority.ts"),
    import("./tls/certificates.ts"),
    import("./tls/names.ts"),
  ]);
  const { authority: certificate, authorityKey: key, authorityBundle } = dataPaths(settings.dataDir);
  const authority = await LocalAuthority.open({ certificate, key }, keyRing, systemClock);
  await writePrivateFile(authorityBundle, bundleWith(authority.certificate));
  const certificates = await Certificates.open({
    authority,
    names: () =>
      certificateNames({
        hosts: listenAddresses(settings["server.host"]),
        domain: settings["server.domain"] || null,
        publicUrl: settings["server.publicUrl"] || null,
      }),
    own,
    clock: systemClock,
    onRenewed: (which, untilMs) =>
      logger.info({ which, until: new Date(untilMs).toISOString() }, "a new certificate is in use"),
    onProblem: (message, cause) => logger.error({ err: cause }, message),
  });
  return {
    createServer: certificates.createServer,
    environment: trustVariables(settings.dataDir),
    stop: () => certificates.stop(),
  };
}

/** Throws where the settings contradict each other: what somebody wanted secret must not travel in the clear. */
function ownFiles(settings: Settings): { certificate: string; key: string } | null {
  const { "tls.cert": certificate, "tls.key": key, "tls.enabled": enabled } = settings;
  if (certificate === "" && key === "") return null;
  if (certificate === "") throw new Error("tls.key is given without tls.cert: give both, or neither.");
  if (key === "") throw new Error("tls.cert is given without tls.key: give both, or neither.");
  if (!enabled) throw new Error("tls.cert and tls.key are given, and tls.enabled is false: add --tls.");
  return { certificate, key };
}

/**
 * All but Node's replace what their program trusts, so they name a file with that in it: OpenSSL's and Go's variable,
 * and those of Python's requests, curl and the AWS clients, which do not look at it.
 */
export function trustVariables(dataDir: string): Readonly<Record<string, string>> {
  const { authority, authorityBundle: bundle } = dataPaths(dataDir);
  return {
    SSL_CERT_FILE: bundle,
    REQUESTS_CA_BUNDLE: bundle,
    CURL_CA_BUNDLE: bundle,
    AWS_CA_BUNDLE: bundle,
    NODE_EXTRA_CA_CERTS: authority,
  };
}

/** Whom this machine trusts, and this authority; none that was before it. */
function bundleWith(authority: string): string {
  const trusted = (["bundled", "system", "extra"] as const).flatMap((kind) => getCACertificates(kind));
  const others = [...new Set(trusted.map((pem) => pem.trim()))].filter(
    (pem) => !/^O=Firesteel$/m.test(new X509Certificate(pem).subject),
  );
  return [authority.trim(), ...others, ""].join("\n");
}
