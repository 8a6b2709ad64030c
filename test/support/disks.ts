import { execFileSync } from "node:child_process";
import { mkdir } from "node:fs/promises";

/** Why a test can mount no file system of its own here, or null where it can. */
export function mountUnavailable(): string | null {
  if (process.platform !== "linux") return "SKIPPED, not proved here: mounting a small disk needs Linux";
  try {
    execFileSync("unshare", ["--mount", "mount", "-t", "tmpfs", "none", "/mnt"], { stdio: "ignore" });
    return null;
  } catch {
    return "SKIPPED, not proved here: mounting a small disk needs root and the right to mount";
  }
}

export interface SmallDisk {
  readonly path: string;
  /** Lets nobody write, or everybody again. */
  setReadOnly(readOnly: boolean): void;
  unmount(): void;
}

/** Mounts a disk in memory, of a size in bytes, at a path that is made. */
export async function mountSmallDisk(path: string, sizeBytes: number): Promise<SmallDisk> {
  await mkdir(path);
  execFileSync("mount", ["-t", "tmpfs", "-o", `size=${sizeBytes},mode=0700`, "firesteel-test", path]);
  return {
    path,
    setReadOnly: (readOnly) => void execFileSync("mount", ["-o", `remount,${readOnly ? "ro" : "rw"}`, path]),
    unmount: () => void execFileSync("umount", ["--lazy", path]),
  };
}
