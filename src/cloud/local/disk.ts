import { statfs } from "node:fs/promises";
import type { Disk } from "../../core/ports/disk.ts";

export function diskOf(directory: string): Disk {
  return {
    async freeBytes() {
      const { bavail, bsize } = await statfs(directory);
      return bavail * bsize;
    },
  };
}
