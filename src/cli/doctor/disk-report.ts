import type { Context } from "../context.ts";
import { EXIT_CODES, type ExitCode } from "../exit-codes.ts";
import { formatBytes } from "../output/time.ts";
import { probeDirectory } from "./probe.ts";

/** `doctor --disk`: what each part of the data and of the caches takes, and what is free. */
export async function reportDisk({ host, print, settings }: Context): Promise<ExitCode> {
  const [uses, data, cache] = await Promise.all([
    host.diskUse(),
    probeDirectory(settings.dataDir),
    probeDirectory(settings.cacheDir),
  ]);
  const free = { dataDir: data.freeBytes, cacheDir: cache.freeBytes };
  const floor = settings["storage.minFreeBytes"];
  print.result({ uses, freeBytes: free, minFreeBytes: floor }, () =>
    [
      print.table(
        [
          { title: "WHAT" },
          { title: "SIZE", align: "right" },
          { title: "FILES", align: "right" },
          { title: "WHERE" },
        ],
        uses.map(({ category, bytes, files, path }) => [category, formatBytes(bytes), String(files), path]),
      ),
      "",
      `Free: ${formatBytes(free.dataDir)} for data, ${formatBytes(free.cacheDir)} for caches; below ${formatBytes(floor)} new runs wait`,
      "What is kept for how long: firesteel config show, retention.*",
    ].join("\n"),
  );
  if (data.freeBytes < floor) print.warn("new runs wait for disk space (storage.minFreeBytes)");
  return EXIT_CODES.ok;
}
