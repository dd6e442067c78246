import { Failure } from '@mooring/kernel';

const [QUOTE, BACKSLASH, COMMA] = [0x22, 0x5c, 0x2c];
const [OPEN_BRACE, CLOSE_BRACE, OPEN_BRACKET, CLOSE_BRACKET] = [0x7b, 0x7d, 0x5b, 0x5d];
const PREFIX_BYTES = 16 * 1024;
/** What is around the items of a list: who it is and where it goes on. */
const ENVELOPE_BYTES_MAX = 256 * 1024;
/** An item that is so many times longer than allowed never ends. */
const ENDLESS = 16;

export type ListPart =
  | { readonly kind: 'item'; readonly text: string }
  /** Longer than allowed: only its start is kept, as text that ends anywhere. */
  | { readonly kind: 'oversized'; readonly prefix: string; readonly bytes: number }
  /** Last of all: the list without its items (`"items":[]`), as text; not there when the body is no list or ended in the middle. */
  | { readonly kind: 'envelope'; readonly text: string };

/**
 * Cuts the items out of a list as it comes in, so that a list of any length needs the memory of one item: servers may ignore `limit`. Holds
 * at most `itemBytesMax` and one chunk. Throws a Failure (`invalid`) for an item that does not end.
 */
export async function* readListItems(chunks: AsyncIterable<Buffer>, itemBytesMax: number): AsyncGenerator<ListPart> {
  let depth = 0;
  let inText = false;
  let escaped = false;
  /** Whether the list of items is open: `"items":[` was the newest thing at the top. */
  let inItems = false;
  let envelope = '';
  let parts: Buffer[] = [];
  let bytes = 0;
  let ended = false;

  const add = (part: Buffer): void => {
    bytes += part.length;
    if (bytes > itemBytesMax * ENDLESS) throw new Failure('invalid', `an object of more than ${bytes} bytes`);
    if (bytes <= itemBytesMax) parts.push(part);
    else if (parts.length > 0 || bytes === part.length)
      parts = [Buffer.from(Buffer.concat([...parts, part]).subarray(0, PREFIX_BYTES))];
  };
  const take = (): ListPart => {
    const [only] = parts;
    const text = (only !== undefined && parts.length === 1 ? only : Buffer.concat(parts)).toString();
    const item: ListPart = bytes <= itemBytesMax ? { kind: 'item', text } : { kind: 'oversized', prefix: text, bytes };
    parts = [];
    bytes = 0;
    return item;
  };

  for await (const chunk of chunks) {
    let from = 0;
    for (let index = 0; index < chunk.length; index += 1) {
      const byte = chunk[index];
      if (inText) {
        if (escaped) escaped = false;
        else if (byte === BACKSLASH) escaped = true;
        else if (byte === QUOTE) inText = false;
        else {
          // Most bytes of a list are inside of texts: jump to what can end this one.
          const quote = chunk.indexOf(QUOTE, index);
          const end = quote === -1 ? chunk.length : quote;
          const backslash = chunk.subarray(index, end).indexOf(BACKSLASH);
          index = backslash === -1 ? end - 1 : index + backslash - 1;
        }
        continue;
      }
      if (byte === QUOTE) inText = true;
      else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
        depth += 1;
        if (depth === 2 && byte === OPEN_BRACKET && !inItems) {
          const before = envelope + chunk.toString('latin1', from, index);
          if (/"items"\s*:\s*$/.test(before)) {
            inItems = true;
            envelope = `${before}[`;
            from = index + 1;
          }
        } else if (inItems && depth === 3) from = index;
      } else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) {
        depth -= 1;
        if (inItems && depth === 2) {
          add(chunk.subarray(from, index + 1));
          from = index + 1;
          yield take();
        } else if (inItems && depth === 1) {
          inItems = false;
          from = index;
        } else if (depth === 0) ended = true;
      } else if (inItems && depth === 2 && byte === COMMA) from = index + 1;
    }
    const rest = chunk.subarray(from);
    if (inItems && depth >= 3) add(rest);
    else if (!inItems) envelope += rest.toString('latin1');
    if (envelope.length > ENVELOPE_BYTES_MAX) return;
  }
  if (ended) yield { kind: 'envelope', text: Buffer.from(envelope, 'latin1').toString() };
}
