import { jest } from '@jest/globals';
import { BACKWARDS, END, FORWARDS, START, type Direction, type ReadRevision } from '@eventstore/db-client';
import { events, newStream, openTarget, type Target } from './target.ts';

// Machines are busy; what is waited for has deadlines of its own.
jest.setTimeout(60_000);

let target: Target;
const stream = newStream();
beforeAll(async () => {
  target = await openTarget();
  await target.client.appendToStream(stream, events(5));
});
afterAll(() => target[Symbol.asyncDispose]());

async function firstOf<T>(read: AsyncIterable<T>): Promise<T | undefined> {
  for await (const one of read) return one;
  return undefined;
}

const revisions = async (direction: Direction, fromRevision: ReadRevision, maxCount: number): Promise<number[]> => {
  const found: number[] = [];
  for await (const { event } of target.client.readStream(stream, { direction, fromRevision, maxCount }))
    found.push(Number(event?.revision));
  return found;
};

describe('a read of a stream', () => {
  it.each([
    [FORWARDS, START, 100, [0, 1, 2, 3, 4]],
    [FORWARDS, 2n, 2, [2, 3]],
    [FORWARDS, 5n, 10, []],
    [BACKWARDS, END, 100, [4, 3, 2, 1, 0]],
    [BACKWARDS, END, 1, [4]],
    [BACKWARDS, START, 10, [0]],
    [BACKWARDS, 2n, 10, [2, 1, 0]],
    [BACKWARDS, 100n, 2, [4, 3]],
  ] as const)('%s from %s, at most %i', async (direction, from, count, expected) => {
    expect(await revisions(direction, from, count)).toEqual(expected);
  });

  it('that is not there says so', async () => {
    const absent = newStream();
    await expect(firstOf(target.client.readStream(absent))).rejects.toMatchObject({
      type: 'stream-not-found',
      streamName: absent,
    });
  });

  it('tells where each event is in $all', async () => {
    const positions: bigint[] = [];
    for await (const { event } of target.client.readStream(stream)) positions.push(event?.position?.commit ?? 0n);
    expect(positions).toEqual(positions.toSorted((a, b) => (a < b ? -1 : 1)));
    expect(new Set(positions).size).toBe(5);
  });

  it('of many pages has every event once and in order', async () => {
    const long = newStream();
    for (let first = 0; first < 2000; first += 500) await target.client.appendToStream(long, events(500, 'N', first));
    const found: number[] = [];
    for await (const { event } of target.client.readStream(long)) found.push((event?.data as { n: number }).n);
    expect(found).toEqual(Array.from({ length: 2000 }, (_, index) => index));
  });
});

describe('a read of $all', () => {
  it('is never empty, and begins with system events', async () => {
    for await (const { event } of target.client.readAll({ maxCount: 1 })) expect(event?.streamId).toMatch(/^\$/u);
  });

  it('goes on from a position, inclusive forwards and exclusive backwards', async () => {
    const mine = newStream();
    const { position } = await target.client.appendToStream(mine, events(1));
    await target.client.appendToStream(mine, events(1));
    const first = async (direction: Direction): Promise<string | undefined> => {
      for await (const { event } of target.client.readAll({ direction, fromPosition: position ?? START, maxCount: 1 }))
        return `${event?.streamId}/${event?.revision}`;
      return undefined;
    };
    expect(await first(FORWARDS)).toBe(`${mine}/0`);
    expect(await first(BACKWARDS)).not.toMatch(mine);
  });

  it('backwards from the end begins with what was written last', async () => {
    const mine = newStream();
    await target.client.appendToStream(mine, events(2));
    const newest: string[] = [];
    for await (const { event } of target.client.readAll({ direction: BACKWARDS, fromPosition: END, maxCount: 50 }))
      newest.push(`${event?.streamId}/${event?.revision}`);
    expect(newest.filter((one) => one.startsWith(mine))).toEqual([`${mine}/1`, `${mine}/0`]);
  });

  it.each([1n, -1n])('from a position that was never given out (one, and %s) is an error', async (shift) => {
    const { position } = await target.client.appendToStream(newStream(), events(1));
    await target.client.appendToStream(newStream(), events(1));
    const at = (position?.commit ?? 0n) + shift;
    const read = firstOf(target.client.readAll({ fromPosition: { commit: at, prepare: at }, maxCount: 1 }));
    await expect(read).rejects.toThrow();
  });

  it('from beyond the end is empty', async () => {
    const at = 2n ** 60n;
    const read = firstOf(target.client.readAll({ fromPosition: { commit: at, prepare: at }, maxCount: 1 }));
    expect(await read).toBeUndefined();
  });
});
