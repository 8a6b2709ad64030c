import type { Disk } from "../core/ports/disk.ts";

/**
 * The room that must stay free: a driver that fills the disk takes the database's with it. Below the floor new runs
 * wait; what runs goes on.
 */
export class DiskFloor {
  readonly #disk: Disk;
  readonly #minFreeBytes: number;

  constructor(disk: Disk, minFreeBytes: number) {
    this.#disk = disk;
    this.#minFreeBytes = minFreeBytes;
  }

  /** Why no driver may be started now, in words for the run's owner; null where one may. */
  async shortage(): Promise<string | null> {
    if ((await this.#disk.freeBytes()) >= this.#minFreeBytes) return null;
    // Without the figure of the moment, which would be a change to store at every look.
    const floor = Math.ceil(this.#minFreeBytes / 2 ** 20);
    return `Waiting for disk space: less than ${floor} MiB are free (storage.minFreeBytes).`;
  }
}
