/** Packing for workbooks, by the browser. */
import { crc32, type Bytes, type Packer } from "#domain/report/workbook/zip.ts";

export function createPacker(): Packer {
  const deflate = new CompressionStream("deflate-raw");
  const writer = deflate.writable.getWriter();
  const encoder = new TextEncoder();
  let packed: Bytes[] = [];
  let crc = 0;
  let size = 0;
  const read = readAll(deflate.readable, (bytes) => packed.push(bytes));
  // Whoever writes or ends hears of it.
  read.catch(() => undefined);
  const take = (): readonly Bytes[] => {
    const taken = packed;
    packed = [];
    return taken;
  };
  return {
    write: async (text) => {
      const bytes = encoder.encode(text);
      crc = crc32(bytes, crc);
      size += bytes.length;
      await writer.write(bytes);
      return take();
    },
    end: async () => {
      await writer.close();
      await read;
      return { rest: take(), crc, size };
    },
  };
}

async function readAll(stream: ReadableStream<Bytes>, take: (bytes: Bytes) => void): Promise<void> {
  const reader = stream.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    take(value);
  }
}
