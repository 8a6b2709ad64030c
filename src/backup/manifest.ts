/** Version of the archive's layout. A server reads its own and earlier ones. */
export const BACKUP_FORMAT = 1;

/** What an archive's first entry says of it. */
export interface Manifest {
  readonly format: number;
  /** The Firesteel that made it. */
  readonly version: string;
  /** ISO 8601: the moment that the database is of. */
  readonly createdAt: string;
  /** The node whose data directory it is. */
  readonly node: string;
  /** `postgresql`: the database is not in the archive. */
  readonly database: "sqlite" | "postgresql";
  readonly keys: "sealed" | "none";
  /** What there is beside database, keys and the directories of runs in flight. */
  readonly included: readonly Included[];
  /** Settings that are not at their defaults, passwords hidden; for the reader, never read back. */
  readonly settings: Readonly<Record<string, string>>;
}

/** What a backup may hold on top, by its folder. */
export const INCLUDABLE = ["buckets", "logs", "audit"] as const;
export type Included = (typeof INCLUDABLE)[number];

/** Names of the archive's entries. */
export const ENTRIES = {
  manifest: "manifest.json",
  keys: "keys.sealed",
  node: "node-id",
  database: "firesteel.db",
  runs: "runs",
} as const;

/** Throws where the text is no manifest, or one of a later format. */
export function parseManifest(text: string): Manifest {
  const value: unknown = JSON.parse(text);
  if (typeof value !== "object" || value === null || !("format" in value) || typeof value.format !== "number")
    throw new Error("its manifest is damaged");
  // Formats only grow, and one of ours has the members of ours.
  const manifest = value as Manifest;
  if (manifest.format > BACKUP_FORMAT) {
    throw new Error(
      `it has format ${manifest.format}, made by Firesteel ${manifest.version}; this one knows up to ${BACKUP_FORMAT}. Use that version or a later one`,
    );
  }
  return manifest;
}
