import { readFile } from "node:fs/promises";
import type { SealedSecrets } from "../../core/ports/key-ring.ts";
import { writePrivateFile } from "./data-directory.ts";

/** A file that holds one secret, encrypted by the key ring, where it is there. */
export function sealedFile(name: string, path: string): SealedSecrets {
  const read = async () => {
    const text = await readFile(path, "utf8").catch((error: unknown) => {
      if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
      throw error;
    });
    return text === null ? null : text.trim();
  };
  return {
    name,
    async list() {
      const ciphertext = await read();
      if (ciphertext === null) return [];
      const replace = async (other: string) => {
        if ((await read()) === ciphertext) await writePrivateFile(path, `${other}\n`);
      };
      return [{ ciphertext, replace }];
    },
  };
}
