import type { ClientHttp2Stream } from 'node:http2';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';

/** What a broken stream or broken gzip throws comes out of the iteration. */
export const unzipped = (stream: ClientHttp2Stream): AsyncIterable<Buffer> => {
  const gunzip = createGunzip();
  pipeline(stream, gunzip, () => undefined);
  return gunzip as AsyncIterable<Buffer>;
};

/** The whole body; `undefined` when it has more bytes than it may. */
export async function readText(chunks: AsyncIterable<Buffer>, bytesMax: number): Promise<string | undefined> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of chunks) {
    bytes += chunk.length;
    if (bytes > bytesMax) return undefined;
    parts.push(chunk);
  }
  return Buffer.concat(parts).toString();
}
