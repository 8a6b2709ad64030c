/** The disk that the data directory is on. */
export interface Disk {
  /** What this user may still write, in bytes. */
  freeBytes(): Promise<number>;
}
