import type { Pace } from './pace.ts';

/** The same chunks, no faster than the pace of bytes allows. */
export async function* paced(chunks: AsyncIterable<Buffer>, pace: Pace, signal: AbortSignal): AsyncGenerator<Buffer> {
  for await (const chunk of chunks) {
    await pace.take(chunk.length, signal);
    yield chunk;
  }
}
