import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { mkdir, rename, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import type { Environment } from "../src/runtimes/command.ts";
import { Downloader } from "../src/runtimes/download.ts";

/** A file of a Maven repository, pinned by its hash. */
export interface MavenArtifact {
  readonly group: string;
  readonly name: string;
  readonly version: string;
  readonly sha256: string;
}

const MAVEN_CENTRAL = "https://repo1.maven.org/maven2";

/** The artifact's jar in the cache, fetched where it is not there yet. Throws where its hash is another. */
export async function mavenJar(
  artifact: MavenArtifact,
  cache: string,
  environment: Environment,
): Promise<string> {
  const fileName = `${artifact.name}-${artifact.version}.jar`;
  const cached = join(cache, fileName);
  if (existsSync(cached) && sha256(readFileSync(cached)) === artifact.sha256) return cached;
  const settings = readSettings(environment);
  const repository = environment.FIRESTEEL_RUNTIMES_MAVEN_REPOSITORY ?? settings.mirror ?? MAVEN_CENTRAL;
  const path = [...artifact.group.split("."), artifact.name, artifact.version, fileName].join("/");
  using downloader = new Downloader({
    environment,
    proxy: settings.proxy,
    certificates: environment.CURL_CA_BUNDLE ?? environment.SSL_CERT_FILE ?? null,
  });
  const { body } = await downloader.get(new URL(`${repository.replace(/\/+$/, "")}/${path}`));
  const found = sha256(body);
  if (found !== artifact.sha256)
    throw new Error(`${fileName} has the sha256 ${found}, not ${artifact.sha256}`);
  await mkdir(dirname(cached), { recursive: true });
  const partial = `${cached}.${process.pid}`;
  await writeFile(partial, body);
  await rename(partial, cached);
  return cached;
}

/** What the user's Maven settings say of Maven Central: its mirror, and the proxy that leads there. */
function readSettings(environment: Environment): { mirror: string | null; proxy: string | null } {
  const path = join(environment.HOME ?? homedir(), ".m2", "settings.xml");
  if (!existsSync(path)) return { mirror: null, proxy: null };
  const xml = readFileSync(path, "utf8").replace(/<!--[\s\S]*?-->/g, "");
  const mirror = elements(xml, "mirror").find((text) =>
    /^(central|\*|external:\*)$/.test(field(text, "mirrorOf") ?? ""),
  );
  const proxy = elements(xml, "proxy").find((text) => field(text, "active") !== "false");
  return {
    mirror: mirror === undefined ? null : field(mirror, "url"),
    proxy: proxy === undefined ? null : proxyAddress(proxy),
  };
}

function proxyAddress(proxy: string): string {
  const url = new URL(`http://${field(proxy, "host")}:${field(proxy, "port") ?? "8080"}`);
  url.username = field(proxy, "username") ?? "";
  url.password = field(proxy, "password") ?? "";
  return url.href;
}

function elements(xml: string, name: string): string[] {
  return [...xml.matchAll(new RegExp(`<${name}>([\\s\\S]*?)</${name}>`, "g"))].map(([, inner = ""]) => inner);
}

function field(xml: string, name: string): string | null {
  return elements(xml, name)[0]?.trim() ?? null;
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
