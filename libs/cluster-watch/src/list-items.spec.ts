import fc from 'fast-check';
import { readListItems, type ListPart } from './list-items.ts';

async function* pieces(text: string, size: number): AsyncGenerator<Buffer> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) yield await Promise.resolve(bytes.subarray(at, at + size));
}

async function read(text: string, size = 7, itemBytesMax = 10_000): Promise<readonly ListPart[]> {
  const parts: ListPart[] = [];
  for await (const part of readListItems(pieces(text, size), itemBytesMax)) parts.push(part);
  return parts;
}

const kindsOf = (parts: readonly ListPart[]): readonly string[] => parts.map(({ kind }) => kind);

describe('cutting the items out of a list', () => {
  it('gives every item and then the rest, whatever the items hold and however the bytes are cut', async () => {
    const item = fc.dictionary(fc.string(), fc.jsonValue());
    await fc.assert(
      fc.asyncProperty(
        fc.array(item, { maxLength: 5 }),
        fc.integer({ min: 1, max: 40 }),
        fc.boolean(),
        fc.constantFrom(undefined, 2),
        async (items, size, metadataFirst, indent) => {
          const metadata = { continue: 'ünï"]}\\', items: [{ inner: 1 }], resourceVersion: '7' };
          const list = metadataFirst ? { kind: 'PodList', metadata, items } : { items, kind: 'PodList', metadata };
          const parts = await read(JSON.stringify(list, undefined, indent), size);
          const texts = parts.flatMap((part) => (part.kind === 'oversized' ? [] : [JSON.parse(part.text) as unknown]));
          expect(texts).toEqual([
            ...items.map((each) => JSON.parse(JSON.stringify(each)) as unknown),
            { ...list, items: [] },
          ]);
        },
      ),
    );
  });

  it('keeps of an item that is too long only the start, and goes on with the next one', async () => {
    const parts = await read(JSON.stringify({ items: [{ uid: 'a', long: 'x'.repeat(500) }, { uid: 'b' }] }), 64, 100);
    expect(parts[0]).toMatchObject({ kind: 'oversized', prefix: expect.stringContaining('"uid":"a"') as string });
    expect(parts[1]).toEqual({ kind: 'item', text: '{"uid":"b"}' });
    expect(kindsOf(parts)).toEqual(['oversized', 'item', 'envelope']);
  });

  it('gives no end for what ends in the middle or is no list', async () => {
    expect(kindsOf(await read('{"items":[{"a":1},{"b'))).toEqual(['item']);
    expect(kindsOf(await read('{"items":[{"a":1}]'))).toEqual(['item']);
    expect(kindsOf(await read('<html>no</html>'))).toEqual([]);
    expect(kindsOf(await read(''))).toEqual([]);
    expect(await read('{"items":null,"metadata":{}}')).toEqual([
      { kind: 'envelope', text: '{"items":null,"metadata":{}}' },
    ]);
  });
});
