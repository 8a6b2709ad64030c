import { crc32 } from "node:zlib";

/** 1980-01-01 00:00:00, the first moment that MS-DOS dates can hold. */
const DOS_DATE = 0x0021;
const DOS_TIME = 0;
/** Entry names are UTF-8. */
const FLAGS = 0x0800;
/** 2.0: the version that knows folders in names. */
const VERSION_NEEDED = 20;

/**
 * A ZIP archive whose bytes depend on names and contents alone: entries sorted by name, one fixed date, stored without
 * compression (whose output differs between versions of zlib). Format: PKWARE APPNOTE 4.3.
 */
export function storedZip(entries: ReadonlyMap<string, Uint8Array>): Buffer {
  const names = [...entries.keys()].sort();
  const files: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const name of names) {
    const content = entries.get(name) ?? new Uint8Array();
    const fields = entryFields(Buffer.byteLength(name), content);
    const local = Buffer.concat([uint32(0x04034b50), fields, Buffer.from(name), content]);
    // Made by 2.0, then the local fields, then comment, disk, attributes (all 0) and where the entry starts.
    const central = [
      uint32(0x02014b50),
      uint16(VERSION_NEEDED),
      fields,
      Buffer.alloc(10),
      uint32(offset),
      Buffer.from(name),
    ];
    directory.push(...central);
    files.push(local);
    offset += local.length;
  }
  const index = Buffer.concat(directory);
  const count = uint16(names.length);
  const end = [uint32(0x06054b50), uint32(0), count, count, uint32(index.length), uint32(offset), uint16(0)];
  return Buffer.concat([...files, index, ...end]);
}

/** From "version needed" to "extra field length": the same in an entry's own header and in the directory. */
function entryFields(nameBytes: number, content: Uint8Array): Buffer {
  return Buffer.concat([
    uint16(VERSION_NEEDED),
    uint16(FLAGS),
    uint16(0),
    uint16(DOS_TIME),
    uint16(DOS_DATE),
    uint32(crc32(content)),
    uint32(content.length),
    uint32(content.length),
    uint16(nameBytes),
    uint16(0),
  ]);
}

function uint16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(value);
  return bytes;
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}
