/** POSIX's ustar headers with pax records where a name or a size does not fit (IEEE 1003.1, pax, "ustar Interchange Format"). */

export const BLOCK_BYTES = 512;
const NAME_BYTES = 100;
/** Eleven octal digits. */
const LARGEST_SIZE = 8 ** 11 - 1;
const PAX_TYPE = "x";
const FILE_TYPE = "0";

export interface TarHeader {
  readonly path: string;
  readonly sizeBytes: number;
  readonly mode: number;
  readonly modifiedAtMs: number;
}

/** The blocks that stand before a file's bytes. */
export function encodeHeader(header: TarHeader): Buffer {
  const fits = Buffer.byteLength(header.path) <= NAME_BYTES && header.sizeBytes <= LARGEST_SIZE;
  if (fits) return headerBlock(header, FILE_TYPE);
  const records = Buffer.from(
    paxRecord("path", header.path) + paxRecord("size", String(header.sizeBytes)),
    "utf8",
  );
  const pax = { path: "pax-header", sizeBytes: records.length, mode: 0o600, modifiedAtMs: 0 };
  return Buffer.concat([
    headerBlock(pax, PAX_TYPE),
    records,
    Buffer.alloc(padding(records.length)),
    // Readers take path and size from the records before it.
    headerBlock(
      { ...header, path: "long-name", sizeBytes: Math.min(header.sizeBytes, LARGEST_SIZE) },
      FILE_TYPE,
    ),
  ]);
}

/** How many zero bytes follow a file of this size. */
export function padding(sizeBytes: number): number {
  return (BLOCK_BYTES - (sizeBytes % BLOCK_BYTES)) % BLOCK_BYTES;
}

export type DecodedHeader =
  | { readonly kind: "end" }
  | { readonly kind: "pax"; readonly sizeBytes: number }
  | ({ readonly kind: "file" } & TarHeader);

/** Throws where the block is no header, or one of a kind that our archives do not have. */
export function decodeHeader(block: Buffer): DecodedHeader {
  if (block.every((byte) => byte === 0)) return { kind: "end" };
  const text = (start: number, length: number) => {
    const field = block.subarray(start, start + length);
    const end = field.indexOf(0);
    return field.toString("utf8", 0, end < 0 ? length : end);
  };
  const octal = (start: number, length: number) => Number.parseInt(text(start, length).trim(), 8);
  if (octal(148, 8) !== checksum(block)) throw new Error("an entry's header is damaged");
  const sizeBytes = octal(124, 12);
  const type = text(156, 1);
  if (type === PAX_TYPE) return { kind: "pax", sizeBytes };
  if (type !== FILE_TYPE) throw new Error(`an entry has the type '${type}', which backups do not hold`);
  return {
    kind: "file",
    path: text(0, NAME_BYTES),
    sizeBytes,
    mode: octal(100, 8),
    modifiedAtMs: octal(136, 12) * 1000,
  };
}

/** The records of a pax header by their keywords. */
export function decodePax(records: Buffer): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (let at = 0; at < records.length; ) {
    const length = Number.parseInt(records.toString("latin1", at, records.indexOf(" ", at)), 10);
    if (!(length > 0)) throw new Error("an entry's extended header is damaged");
    const record = records.toString("utf8", records.indexOf(" ", at) + 1, at + length - 1);
    const equals = record.indexOf("=");
    found.set(record.slice(0, equals), record.slice(equals + 1));
    at += length;
  }
  return found;
}

function headerBlock({ path, sizeBytes, mode, modifiedAtMs }: TarHeader, type: string): Buffer {
  const block = Buffer.alloc(BLOCK_BYTES);
  const octal = (value: number, digits: number) => `${value.toString(8).padStart(digits, "0")}\0`;
  block.write(path, 0, NAME_BYTES);
  block.write(octal(mode & 0o777, 7), 100);
  block.write(octal(0, 7), 108);
  block.write(octal(0, 7), 116);
  block.write(octal(sizeBytes, 11), 124);
  block.write(octal(Math.max(0, Math.floor(modifiedAtMs / 1000)), 11), 136);
  block.write(type, 156);
  block.write("ustar\0" + "00", 257);
  block.write(`${checksum(block).toString(8).padStart(6, "0")}\0 `, 148);
  return block;
}

/** The sum of the header's bytes, its own field counted as spaces. */
function checksum(block: Buffer): number {
  let sum = 0;
  for (const [index, byte] of block.entries()) sum += index >= 148 && index < 156 ? 0x20 : byte;
  return sum;
}

/** `LENGTH keyword=value\n`, where the length counts its own digits. */
function paxRecord(keyword: string, value: string): string {
  const rest = Buffer.byteLength(` ${keyword}=${value}\n`);
  let length = rest + String(rest).length;
  if (rest + String(length).length !== length) length = rest + String(length).length;
  return `${length} ${keyword}=${value}\n`;
}
