import { Problem } from '@mooring/service-host';
import type { IncomingMessage } from 'node:http';
import { Transform } from 'node:stream';

const tooLarge = (bytesMax: number): Problem =>
  new Problem(413, 'body-too-large', 'The body is too large', {
    detail: `At most ${bytesMax} bytes are accepted here.`,
    // The rest of the body is not read, so the connection cannot be used again.
    headers: { connection: 'close' },
  });

export const hasBody = ({ headers }: IncomingMessage): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;

/** Refuses a body that says that it is too large, before any of it is read. */
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
      if (bytes > bytesMax) done(tooLarge(bytesMax));
      else done(null, chunk);
    },
  });
}
