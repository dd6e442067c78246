import fc from 'fast-check';
import { readLines, type Line } from './lines.ts';

async function* chunksOf(bytes: Buffer, sizes: readonly number[]): AsyncGenerator<Buffer> {
  let at = 0;
  for (let index = 0; at < bytes.length; index += 1) {
    await Promise.resolve();
    const size = sizes[index % sizes.length] ?? 1;
    yield bytes.subarray(at, at + size);
    at += size;
  }
}

const collect = async (lines: AsyncIterable<Line>): Promise<Line[]> => {
  const all: Line[] = [];
  for await (const line of lines) all.push(line);
  return all;
};

describe('reading lines', () => {
  it('gives the same lines however the bytes arrive', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.string({ unit: 'binary', minLength: 1 }).filter((text) => !text.includes('\n'))),
        fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }),
        async (texts, sizes) => {
          const bytes = Buffer.from(texts.map((text) => `${text}\n`).join(''));
          const lines = await collect(readLines(chunksOf(bytes, sizes), 1000));
          expect(lines).toEqual(texts.map((text) => ({ kind: 'line', text: Buffer.from(text).toString() })));
        },
      ),
    );
  });

  it('leaves out a last line that was cut, and empty lines', async () => {
    const lines = await collect(readLines(chunksOf(Buffer.from('a\n\n\nb\nhalf'), [3]), 10));
    expect(lines).toEqual([
      { kind: 'line', text: 'a' },
      { kind: 'line', text: 'b' },
    ]);
  });

  it('keeps only the start of a line that is too long, and goes on with the next', async () => {
    const long = 'x'.repeat(100_000);
    const lines = await collect(readLines(chunksOf(Buffer.from(`a\n${long}\nb\n`), [1000]), 50_000));
    expect(lines.map((line) => (line.kind === 'line' ? line.text : line.bytes))).toEqual(['a', 100_000, 'b']);
    expect(lines[1]).toMatchObject({ kind: 'oversized', prefix: 'x'.repeat(16 * 1024) });
  });
});
