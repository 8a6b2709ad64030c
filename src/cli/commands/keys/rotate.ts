import type { KeyState } from "../../administration.ts";
import { command, flag } from "../../command.ts";
import { EXIT_CODES } from "../../exit-codes.ts";
import type { Printer } from "../../output/printer.ts";

export const keysRotate = command({
  path: ["keys", "rotate"],
  summary: "Make new keys in place of those that encrypt secrets and sign tokens",
  details: `Works on the data directory itself, while its server runs or not; nothing is interrupted. The new key at rest encrypts every stored secret anew, and the old one is let go a day later. The new signing key signs access tokens from now on; the old one checks those that it signed until the last has expired.

A rotation that was interrupted leaves everything readable: the server goes on with it, and so does the next rotation. A backup that is made afterwards holds the new keys.`,
  options: {
    atRest: flag("--at-rest", "the key that encrypts stored secrets alone"),
    signing: flag("--signing", "the key that signs access tokens alone"),
  },
  examples: [
    { command: "firesteel keys rotate", explanation: "both" },
    { command: "firesteel keys rotate --signing", explanation: "after a signing key may have been seen" },
  ],
  async run({ atRest, signing }, { host, print }) {
    const both = atRest === signing;
    const kinds = { atRest: both || atRest, signing: both || signing };
    const keys = await (await host.administration()).rotateKeys(kinds);
    print.result({ ...keys, rotated: kinds }, () =>
      [
        ...(kinds.atRest
          ? [
              `A new key at rest has encrypted ${keys.encryptedAnew} stored secret${plural(keys.encryptedAnew)}`,
            ]
          : []),
        ...(kinds.signing ? ["A new key signs access tokens"] : []),
        "",
        keysTable(keys, print),
      ].join("\n"),
    );
    return EXIT_CODES.ok;
  },
});

/** Both kinds in one table. */
export function keysTable(
  keys: { readonly atRest: readonly KeyState[]; readonly signing: readonly KeyState[] },
  print: Printer,
): string {
  const rows = (kind: string, all: readonly KeyState[]) =>
    all.map(({ id, createdAtMs, retiresAtMs }) => [
      kind,
      id,
      createdAtMs === null ? "-" : print.time(createdAtMs),
      retiresAtMs === null ? "in use" : `until ${print.time(retiresAtMs)}`,
    ]);
  return print.table(
    [{ title: "KIND" }, { title: "ID" }, { title: "CREATED" }, { title: "STATE" }],
    [...rows("at rest", keys.atRest), ...rows("signing", keys.signing)],
  );
}

function plural(count: number): string {
  return count === 1 ? "" : "s";
}
