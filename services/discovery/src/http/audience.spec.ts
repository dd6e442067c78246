import { createAudience } from './audience.ts';

interface Given {
  readonly fails?: boolean;
}

function given({ fails = false }: Given = {}) {
  const noted: (readonly string[])[] = [];
  const troubles: unknown[] = [];
  const clock = { nowMs: 0 };
  const audience = createAudience({
    note(connectionIds) {
      noted.push(connectionIds);
      return fails ? Promise.reject(new Error('the database is away')) : Promise.resolve();
    },
    log: { debug: (about: unknown) => void troubles.push(about) },
    nowMs: () => clock.nowMs,
  });
  const settled = () => audience[Symbol.asyncDispose]();
  return { audience, noted, troubles, clock, settled };
}

describe('who looks at which cluster', () => {
  it('is written down after the request, of all clusters at once, and of none in particular not at all', async () => {
    const { audience, noted, settled } = given();
    for (const id of ['a', undefined, 'b', 'a']) audience.looksAt(id);
    expect(noted).toEqual([]);
    await settled();
    expect(noted).toEqual([['a', 'b']]);
  });

  it('is written down every 5 seconds at most, of each cluster by itself', async () => {
    const { audience, noted, clock, settled } = given();
    for (const [atMs, id] of [
      ...[[0, 'a'] as const, [4_999, 'a'] as const],
      ...[[4_999, 'b'] as const, [5_000, 'a'] as const],
    ]) {
      clock.nowMs = atMs;
      audience.looksAt(id);
      await settled();
    }
    expect(noted).toEqual([['a'], ['b'], ['a']]);
  });

  it('does not fail a request when it cannot be written down, and is written down again later', async () => {
    const { audience, noted, troubles, clock, settled } = given({ fails: true });
    expect(() => audience.looksAt('a')).not.toThrow();
    await settled();
    expect(troubles).toEqual([{ error: 'the database is away' }]);
    clock.nowMs = 5_000;
    audience.looksAt('a');
    await settled();
    expect(noted).toHaveLength(2);
  });

  it('is forgotten of ids that were made up, however many there are', async () => {
    const { audience, noted, settled } = given();
    for (let id = 0; id < 25_000; id += 1) audience.looksAt(`made up ${id}`);
    await settled();
    expect(noted.map((ids) => ids.length)).toEqual([10_000]);
  });
});
