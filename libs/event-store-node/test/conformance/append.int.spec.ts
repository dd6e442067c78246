import { jest } from '@jest/globals';
import {
  binaryEvent,
  jsonEvent,
  MaxAppendSizeExceededError,
  StreamDeletedError,
  WrongExpectedVersionError,
  type AppendExpectedRevision,
  type AppendResult,
} from '@eventstore/db-client';
import { events, newStream, openTarget, type Target } from './target.ts';

// Machines are busy; what is waited for has deadlines of its own.
jest.setTimeout(60_000);

let target: Target;
beforeAll(async () => {
  target = await openTarget();
});
afterAll(() => target[Symbol.asyncDispose]());

const append = (stream: string, expectedRevision: AppendExpectedRevision, what = events(1)): Promise<AppendResult> =>
  target.client.appendToStream(stream, what, { expectedRevision });

const ids = async (stream: string): Promise<string[]> => {
  const found: string[] = [];
  for await (const { event } of target.client.readStream(stream)) found.push(event?.id ?? '');
  return found;
};

const outcome = (result: Promise<AppendResult>): Promise<unknown> =>
  result.then(
    ({ nextExpectedRevision }) => nextExpectedRevision,
    (error: unknown) =>
      error instanceof WrongExpectedVersionError
        ? { expected: error.expectedVersion, actual: error.actualVersion }
        : error,
  );

describe('what a writer expects of a stream', () => {
  it.each([
    ['any', 0n],
    ['no_stream', 0n],
    ['stream_exists', { expected: 'stream_exists', actual: 'no_stream' }],
    [0n, { expected: 0n, actual: 'no_stream' }],
    [5n, { expected: 5n, actual: 'no_stream' }],
  ] as const)('that is not there: %s', async (expected, answer) => {
    expect(await outcome(append(newStream(), expected))).toEqual(answer);
  });

  it.each([
    ['any', 2n],
    ['no_stream', { expected: 'no_stream', actual: 1n }],
    ['stream_exists', 2n],
    [0n, { expected: 0n, actual: 1n }],
    [1n, 2n],
    [2n, { expected: 2n, actual: 1n }],
  ] as const)('of two events: %s', async (expected, answer) => {
    const stream = newStream();
    await append(stream, 'no_stream', events(2));
    expect(await outcome(append(stream, expected))).toEqual(answer);
  });

  it.each([
    ['any', 2n],
    ['no_stream', 2n],
    [0n, { expected: 0n, actual: 1n }],
    [1n, 2n],
  ] as const)('that was soft-deleted: %s', async (expected, answer) => {
    const stream = newStream();
    await append(stream, 'no_stream', events(2));
    await target.client.deleteStream(stream);
    expect(await outcome(append(stream, expected))).toEqual(answer);
  });

  it('that was soft-deleted and must exist: it counts as deleted', async () => {
    const stream = newStream();
    await append(stream, 'no_stream');
    await target.client.deleteStream(stream);
    await expect(append(stream, 'stream_exists')).rejects.toThrow(StreamDeletedError);
  });

  it.each(['any', 'no_stream', 'stream_exists', 0n] as const)(
    'that was tombstoned: %s is refused',
    async (expected) => {
      const stream = newStream();
      await append(stream, 'no_stream');
      await target.client.tombstoneStream(stream);
      await expect(append(stream, expected)).rejects.toThrow(StreamDeletedError);
    },
  );
});

describe('an append made again with the same ids', () => {
  it.each([
    ['no_stream', 'no_stream'],
    [0n, 'no_stream'],
  ] as const)('and %s gives the first answer, also after others have written', async (expected, first) => {
    const stream = newStream();
    if (expected === 0n) await append(stream, first);
    const mine = events(3);
    const answer = await append(stream, expected, mine);
    expect(await append(stream, expected, mine)).toEqual(answer);
    await append(stream, 'any', events(2));
    expect(await append(stream, expected, mine)).toEqual(answer);
    expect((await ids(stream)).filter((id) => mine.some((event) => event.id === id))).toEqual(mine.map(({ id }) => id));
  });

  it('and another exact revision is refused, or new', async () => {
    const stream = newStream();
    const mine = events(2);
    await append(stream, 'no_stream', mine);
    await expect(append(stream, 0n, mine)).rejects.toThrow(WrongExpectedVersionError);
    expect(await outcome(append(stream, 1n, mine))).toBe(3n);
  });

  it('in part is a repeat from its beginning only', async () => {
    const stream = newStream();
    const mine = events(3);
    await append(stream, 'no_stream', mine);
    expect(await outcome(append(stream, 'no_stream', mine.slice(0, 1)))).toBe(0n);
    await expect(append(stream, 'no_stream', mine.slice(1))).rejects.toThrow(WrongExpectedVersionError);
    await expect(append(stream, 'no_stream', [...mine, ...events(1)])).rejects.toThrow(WrongExpectedVersionError);
  });

  it('has no effect on what reads show after a soft delete', async () => {
    const stream = newStream();
    const mine = events(2);
    await append(stream, 'no_stream', mine);
    await target.client.deleteStream(stream);
    const { nextExpectedRevision, position } = await append(stream, 'no_stream', mine);
    expect([nextExpectedRevision, position]).toEqual([1n, undefined]);
    await expect(ids(stream)).rejects.toMatchObject({ type: 'stream-not-found' });
  });
});

describe('concurrency', () => {
  it('of many writers with one expectation exactly one wins', async () => {
    const stream = newStream();
    const attempts = await Promise.allSettled(Array.from({ length: 16 }, () => append(stream, 'no_stream')));
    expect(attempts.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await ids(stream)).toHaveLength(1);
  });

  it('of many appends in flight each keeps its events together, and positions follow the order', async () => {
    const stream = newStream();
    const batches = Array.from({ length: 50 }, (_, index) => events(3, `Batch${index}`));
    const results = await Promise.all(batches.map((batch) => append(stream, 'any', batch)));
    const found = await ids(stream);
    for (const [index, batch] of batches.entries()) {
      const last = Number(results[index]?.nextExpectedRevision);
      expect(found.slice(last - 2, last + 1)).toEqual(batch.map(({ id }) => id));
    }
    const byRevision = results.toSorted((a, b) => (a.nextExpectedRevision < b.nextExpectedRevision ? -1 : 1));
    const positions = byRevision.map(({ position }) => position?.commit ?? 0n);
    expect(positions).toEqual(positions.toSorted((a, b) => (a < b ? -1 : 1)));
    expect(new Set(positions).size).toBe(50);
  });
});

describe('what is stored', () => {
  it('is what was written: type, data, metadata, id, and the time of writing', async () => {
    const stream = newStream();
    const before = Date.now();
    const json = jsonEvent({
      type: 'Öffnen',
      data: { text: '€', deep: [1, { a: null }] },
      metadata: { $correlationId: 'x' },
    });
    const binary = binaryEvent({ type: 'Bytes', data: Buffer.from([0, 255, 1]), metadata: Buffer.from([7]) });
    await target.client.appendToStream(stream, [json, binary]);
    const found = [];
    for await (const { event } of target.client.readStream(stream)) found.push(event);
    expect(found[0]).toMatchObject({ type: 'Öffnen', id: json.id, isJson: true, streamId: stream, revision: 0n });
    expect([found[0]?.data, found[0]?.metadata]).toEqual([json.data, json.metadata]);
    expect(Buffer.from(found[1]?.data as Uint8Array)).toEqual(Buffer.from([0, 255, 1]));
    expect(found[1]).toMatchObject({ isJson: false, type: 'Bytes', id: binary.id, revision: 1n });
    const created = found[0]?.created.getTime() ?? 0;
    expect(created).toBeGreaterThanOrEqual(before - 1000);
    expect(created).toBeLessThanOrEqual(Date.now() + 1000);
  });

  it('comes in chunks of any size and is one append', async () => {
    const stream = newStream();
    const client = target.connect();
    const mine = events(100);
    const { nextExpectedRevision } = await client.appendToStream(stream, mine, { batchAppendSize: 500 });
    expect(nextExpectedRevision).toBe(99n);
    expect(await ids(stream)).toEqual(mine.map(({ id }) => id));
  });

  it('is limited to 1 MiB of data in one append; metadata does not count', async () => {
    const stream = newStream();
    const of = (bytes: number) =>
      binaryEvent({ type: 'Large', data: Buffer.alloc(bytes), metadata: Buffer.alloc(50_000) });
    const limit = 1024 * 1024;
    await expect(append(stream, 'any', [of(limit + 1)] as never)).rejects.toThrow(MaxAppendSizeExceededError);
    await expect(append(stream, 'any', [of(limit), of(1)] as never)).rejects.toThrow(MaxAppendSizeExceededError);
    expect(await outcome(append(stream, 'no_stream', [of(limit)] as never))).toBe(0n);
  });
});

describe('the call for one append', () => {
  // The client takes it when it is given credentials of the call's own.
  const credentials = { username: 'admin', password: 'changeit' };

  it('gives the same answers', async () => {
    const stream = newStream();
    const mine = events(2);
    const one = (expectedRevision: AppendExpectedRevision) =>
      outcome(target.client.appendToStream(stream, mine, { expectedRevision, credentials }));
    expect(await one('stream_exists')).toEqual({ expected: 'stream_exists', actual: 'no_stream' });
    expect(await one('no_stream')).toBe(1n);
    expect(await one('no_stream')).toBe(1n);
    expect(await one(0n)).toEqual({ expected: 0n, actual: 1n });
  });
});
