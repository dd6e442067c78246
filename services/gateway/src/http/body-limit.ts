import { Problem } from '@mooring/service-host';
import type { IncomingMessage } from 'node:http';
import { Transform } from 'node:stream';

const tooLarge = (bytesMax: number, headers: Readonly<Record<string, string>> = {}): Problem =>
  new Problem(413, 'body-too-large', 'The body is too large', {
    detail: `At most ${bytesMax} bytes are accepted here.`,
    headers,
  });

export const hasBody = ({ headers }: IncomingMessage): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;

/**
 * Refuses a body that says that it is too large, before any of it is read. What still comes of it is thrown away as it comes: to
 * close the connection instead could overtake the answer.
 */
export function checkDeclaredLength({ headers }: IncomingMessage, bytesMax: number): void {
  if (Number(headers['content-length'] ?? 0) > bytesMax) throw tooLarge(bytesMax);
}

/** Passes bytes on and ends with the same problem once there are too many: a chunked body says nothing before. */
export function limitBody(bytesMax: number, onChunk: () => void): Transform {
  let bytes = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      onChunk();
      if (bytes > bytesMax) done(tooLarge(bytesMax, { connection: 'close' }));
      else done(null, chunk);
    },
  });
}
