import { Failure } from '@mooring/kernel';

const LINE_FEED = 0x0a;
/** Enough to find who an object is, nearly always: its metadata comes first, though in custom resources after what people write into it. */
const PREFIX_BYTES = 16 * 1024;
/** A line that is so many times longer than allowed never ends. */
const ENDLESS = 16;

export type Line =
  | { readonly kind: 'line'; readonly text: string }
  /** Longer than allowed: only its start is kept, as text that ends anywhere. */
  | { readonly kind: 'oversized'; readonly prefix: string; readonly bytes: number };

/**
 * Cuts a stream of bytes at line feeds; empty lines are left out, and so is a last line without its line feed: it was cut. Holds at most
 * `bytesMax` and one chunk. Throws a Failure (`invalid`) for a line that does not end.
 */
export async function* readLines(chunks: AsyncIterable<Buffer>, bytesMax: number): AsyncGenerator<Line> {
  let parts: Buffer[] = [];
  let bytes = 0;

  const add = (part: Buffer): void => {
    bytes += part.length;
    if (bytes <= bytesMax) {
      parts.push(part);
      return;
    }
    if (bytes > bytesMax * ENDLESS) throw new Failure('invalid', `a line of more than ${bytes} bytes`);
    parts = [Buffer.from(Buffer.concat([...parts, part]).subarray(0, PREFIX_BYTES))];
  };
  const take = (): Line => {
    const [only] = parts;
    const text = (only !== undefined && parts.length === 1 ? only : Buffer.concat(parts)).toString();
    const line: Line = bytes <= bytesMax ? { kind: 'line', text } : { kind: 'oversized', prefix: text, bytes };
    parts = [];
    bytes = 0;
    return line;
  };

  for await (const chunk of chunks) {
    let from = 0;
    for (let end = chunk.indexOf(LINE_FEED); end !== -1; end = chunk.indexOf(LINE_FEED, from)) {
      add(chunk.subarray(from, end));
      from = end + 1;
      if (bytes > 0) yield take();
    }
    if (from < chunk.length) add(chunk.subarray(from));
  }
}
