/**
 * A ZIP file (APPNOTE 6.3.10) that is written while it is sent: the sizes of an entry stand
 * behind it and again at the end of the file. The times in it are always the same, so that the
 * same content is the same file. Packing is given, as a server and a browser have each their own.
 */

export interface Entry {
  readonly name: string;
  readonly text: AsyncIterable<string>;
}

/** Packs one entry (raw DEFLATE of the text in UTF-8). */
export interface Packer {
  /** Answers what is packed so far. */
  write(text: string): Promise<readonly Bytes[]>;
  end(): Promise<PackedEnd>;
}

export type Bytes = Uint8Array<ArrayBuffer>;

export interface PackedEnd {
  readonly rest: readonly Bytes[];
  /** Of the bytes before packing. */
  readonly crc: number;
  readonly size: number;
}

interface Written extends Pick<PackedEnd, "crc" | "size"> {
  readonly name: Bytes;
  readonly packed: number;
  /** Where it begins in the file. */
  readonly from: number;
}

const version = 20;
/** Sizes follow the entry; names are UTF-8. */
const flags = 0x0808;
const deflated = 8;
/** The first day that the format knows. */
const day = 0x21;
/** More would need the 64-bit form, which a few old programs cannot read. */
const largest = 0xffffffff;

export async function* zip(
  entries: AsyncIterable<Entry>,
  createPacker: () => Packer,
): AsyncGenerator<Bytes> {
  const written: Written[] = [];
  let at = 0;
  for await (const { name, text } of entries) {
    const named = asciiBytes(name);
    const from = at;
    const head = localHeader(named);
    at += head.length;
    yield head;
    const packer = createPacker();
    let packed = 0;
    for await (const part of text) {
      for (const bytes of await packer.write(part)) {
        packed += bytes.length;
        yield bytes;
      }
    }
    const { rest, crc, size } = await packer.end();
    for (const bytes of rest) {
      packed += bytes.length;
      yield bytes;
    }
    at += packed;
    if (Math.max(size, at) > largest) throw new Error("the file is too large for its form");
    const tail = fields([4, 0x08074b50], [4, crc], [4, packed], [4, size]);
    at += tail.length;
    yield tail;
    written.push({ name: named, crc, size, packed, from });
  }
  yield* directory(written, at);
}

function* directory(written: readonly Written[], from: number): Generator<Bytes> {
  let size = 0;
  for (const entry of written) {
    const line = directoryLine(entry);
    size += line.length;
    yield line;
  }
  const count = written.length;
  yield fields([4, 0x06054b50], [4, 0], [2, count], [2, count], [4, size], [4, from], [2, 0]);
}

function localHeader(name: Bytes): Bytes {
  const head = fields(
    [4, 0x04034b50],
    [2, version],
    [2, flags],
    [2, deflated],
    [2, 0],
    [2, day],
    [4, 0],
    [4, 0],
    [4, 0],
    [2, name.length],
    [2, 0],
  );
  return joined(head, name);
}

function directoryLine({ name, crc, size, packed, from }: Written): Bytes {
  const line = fields(
    [4, 0x02014b50],
    [2, version],
    [2, version],
    [2, flags],
    [2, deflated],
    [2, 0],
    [2, day],
    [4, crc],
    [4, packed],
    [4, size],
    [2, name.length],
    [4, 0],
    [4, 0],
    [4, 0],
    [4, from],
  );
  return joined(line, name);
}

/** Numbers one after the other, the low byte first: how many bytes, and which number. */
function fields(...numbers: readonly (readonly [bytes: 2 | 4, value: number])[]): Bytes {
  const bytes = new Uint8Array(numbers.reduce((sum, [length]) => sum + length, 0));
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const [length, value] of numbers) {
    if (length === 2) view.setUint16(at, value, true);
    else view.setUint32(at, value, true);
    at += length;
  }
  return bytes;
}

function joined(one: Bytes, other: Bytes): Bytes {
  const bytes = new Uint8Array(one.length + other.length);
  bytes.set(one);
  bytes.set(other, one.length);
  return bytes;
}

/** The names in a workbook are plain letters. */
function asciiBytes(text: string): Bytes {
  return Uint8Array.from(text, (sign) => sign.charCodeAt(0));
}

const table = Int32Array.from({ length: 256 }, (_, n) => {
  let crc = n;
  for (let bit = 0; bit < 8; bit++) crc = (crc & 1) === 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  return crc;
});

/** CRC-32 of these bytes after what `before` is of; 0: of these alone. */
export function crc32(bytes: Uint8Array, before = 0): number {
  let crc = ~before;
  for (const byte of bytes) crc = (crc >>> 8) ^ (table[(crc ^ byte) & 0xff] ?? 0);
  return ~crc >>> 0;
}
