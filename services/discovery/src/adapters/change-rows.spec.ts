import type { ResourceChange } from '@mooring/cluster-watch';
import { toChangeRows } from './change-rows.ts';
import { storableJson } from './storable-json.ts';

const upsert = (uid: string, extra: object = {}) =>
  ({
    op: 'upsert',
    type: 'pods',
    hash: 'h',
    record: { kind: 'Pod', uid, apiVersion: 'v1', namespace: 'shop', name: 'web', labels: {}, ...extra },
  }) as ResourceChange;

const rowsOf = (...changes: ResourceChange[]) => {
  const rows = toChangeRows(changes, () => []);
  return { ...rows, upserts: JSON.parse(rows.upserts) as { uid: string; created_at: string | null; name: string }[] };
};

describe('JSON that can be stored', () => {
  it.each([
    ['a\u0000b', '"a\\ufffdb"'],
    ['half \ud800 and \udc00', '"half \\ufffd and \\ufffd"'],
    ['whole 😀', '"whole 😀"'],
    ['a text that says \\u0000', '"a text that says \\\\u0000"'],
  ])('of %j is %s', (text, json) => {
    expect(storableJson(text)).toBe(json);
    expect(storableJson({ [text]: text })).toBe(`{${json}:${json}}`);
  });
});

describe('changes on their way to the tables', () => {
  it('leave out what no index could hold, and say so', () => {
    const { upserts, leftOut } = rowsOf(
      upsert('a', { name: 'n'.repeat(1_900) }),
      upsert('b', { name: 'ü'.repeat(1_024) }),
    );
    expect(upserts.map(({ uid }) => uid)).toEqual(['a']);
    expect(leftOut).toBe(1);
  });

  it('keep a time only if everybody can write it', () => {
    const times = ['2026-11-21T10:00:00Z', '9999-12-31T23:59:59Z', '+012026-11-21T10:00:00Z', 'yesterday', undefined];
    const { upserts } = rowsOf(...times.map((creationTimestamp, index) => upsert(`${index}`, { creationTimestamp })));
    expect(upserts.map(({ created_at }) => created_at)).toEqual([
      '2026-11-21T10:00:00.000Z',
      '9999-12-31T23:59:59.000Z',
      null,
      null,
      null,
    ]);
  });

  it('publish an object that is too long for a message without its record', () => {
    const { published } = rowsOf(upsert('a', { message: 'x'.repeat(300_000) }), upsert('b'));
    expect(JSON.parse(published[0] ?? '')).toEqual({ op: 'upsert', type: 'pods', uid: 'a', hash: 'h' });
    expect(JSON.parse(published[1] ?? '')).toMatchObject({ uid: 'b', record: { namespace: 'shop', name: 'web' } });
  });

  it('are one for each object, the last', () => {
    const { upserts, deletes } = rowsOf(upsert('a'), upsert('b'), { op: 'delete', type: 'pods', uid: 'a' });
    expect(upserts.map(({ uid }) => uid)).toEqual(['b']);
    expect(JSON.parse(deletes)).toEqual([{ n: 0, batch: 0, type: 'pods', uid: 'a' }]);
  });
});
