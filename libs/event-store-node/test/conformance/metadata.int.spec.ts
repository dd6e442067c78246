import { jest } from '@jest/globals';
import { jsonEvent, NO_STREAM, StreamDeletedError, WrongExpectedVersionError } from '@eventstore/db-client';
import { events, newStream, openTarget, type Target } from './target.ts';

// Machines are busy; what is waited for has deadlines of its own.
jest.setTimeout(60_000);

let target: Target;
beforeAll(async () => {
  target = await openTarget();
});
afterAll(() => target[Symbol.asyncDispose]());

const revisions = async (stream: string): Promise<number[]> => {
  const found: number[] = [];
  for await (const { event } of target.client.readStream(stream)) found.push(Number(event?.revision));
  return found;
};

const written = async (count: number): Promise<string> => {
  const stream = newStream();
  await target.client.appendToStream(stream, events(count), { expectedRevision: NO_STREAM });
  return stream;
};

describe('metadata', () => {
  it('is what was set last, custom keys included', async () => {
    const stream = await written(1);
    expect((await target.client.getStreamMetadata(stream)).metadata).toBeUndefined();
    await target.client.setStreamMetadata(stream, { maxCount: 7, mine: { deep: true } });
    await target.client.setStreamMetadata(stream, { maxCount: 8, mine: { deep: true } });
    expect(await target.client.getStreamMetadata(stream)).toMatchObject({
      metadata: { maxCount: 8, mine: { deep: true } },
    });
  });

  it.each([
    [{ maxCount: 2 }, [3, 4]],
    [{ truncateBefore: 3 }, [3, 4]],
    [{ truncateBefore: 5 }, []],
    [{ maxCount: 3, truncateBefore: 4 }, [4]],
    [{ maxAge: 1000 }, [0, 1, 2, 3, 4]],
    [{ maxCount: 0 }, [0, 1, 2, 3, 4]],
  ])('%j decides which of five events are read', async (metadata, visible) => {
    const stream = await written(5);
    await target.client.setStreamMetadata(stream, metadata);
    expect(await revisions(stream)).toEqual(visible);
  });

  it('hides nothing in $all', async () => {
    const stream = newStream();
    const { position } = await target.client.appendToStream(stream, events(1));
    await target.client.appendToStream(stream, events(1));
    await target.client.setStreamMetadata(stream, { maxCount: 1 });
    for await (const { event } of target.client.readAll({ fromPosition: position ?? 'start', maxCount: 1 }))
      expect([event?.streamId, event?.revision]).toEqual([stream, 0n]);
  });

  it('is written with an expectation too', async () => {
    const stream = await written(1);
    await target.client.setStreamMetadata(stream, { maxCount: 1 }, { expectedRevision: NO_STREAM });
    await expect(
      target.client.setStreamMetadata(stream, { maxCount: 2 }, { expectedRevision: NO_STREAM }),
    ).rejects.toThrow(WrongExpectedVersionError);
  });
});

describe('a soft delete', () => {
  it('hides the stream, and what comes after goes on with its revisions', async () => {
    const stream = await written(2);
    await target.client.deleteStream(stream, { expectedRevision: 1n });
    await expect(revisions(stream)).rejects.toMatchObject({ type: 'stream-not-found' });
    await target.client.appendToStream(stream, events(1), { expectedRevision: NO_STREAM });
    await eventually(stream, [2]);
  });

  it('of a stream that is not there, or with a wrong revision, is refused', async () => {
    await expect(target.client.deleteStream(newStream())).rejects.toThrow(WrongExpectedVersionError);
    const stream = await written(2);
    await expect(target.client.deleteStream(stream, { expectedRevision: 0n })).rejects.toThrow(
      WrongExpectedVersionError,
    );
    expect(await revisions(stream)).toEqual([0, 1]);
  });

  it('takes the custom metadata with it', async () => {
    const stream = await written(1);
    await target.client.setStreamMetadata(stream, { mine: 1 });
    await target.client.deleteStream(stream);
    expect((await target.client.getStreamMetadata(stream)).metadata).not.toHaveProperty('mine');
  });
});

/** A real server makes a stream visible in a second step. */
async function eventually(stream: string, expected: readonly number[]): Promise<void> {
  for (let tries = 0; tries < 100; tries += 1) {
    const found = await revisions(stream).catch(() => undefined);
    if (found === undefined) continue;
    expect(found).toEqual(expected);
    return;
  }
  throw new Error('the stream did not come back');
}

describe('a soft-deleted stream', () => {
  it('comes back with nothing of what it was when it is described anew', async () => {
    const stream = await written(2);
    await target.client.deleteStream(stream);
    await target.client.setStreamMetadata(stream, { maxCount: 9 });
    await eventually(stream, []);
    await target.client.appendToStream(stream, events(1));
    expect(await revisions(stream)).toEqual([2]);
    expect((await target.client.getStreamMetadata(stream)).metadata).toMatchObject({ maxCount: 9, truncateBefore: 2 });
  });
});

describe('a metastream', () => {
  it('goes on when it is soft-deleted', async () => {
    const stream = await written(1);
    await target.client.setStreamMetadata(stream, { maxCount: 5 });
    await target.client.deleteStream(`$$${stream}`);
    expect((await target.client.getStreamMetadata(stream)).metadata).toMatchObject({ maxCount: 5 });
    await target.client.setStreamMetadata(stream, { maxCount: 6 });
    expect((await target.client.getStreamMetadata(stream)).metadata).toMatchObject({ maxCount: 6 });
  });

  it('says nothing any more once it has a tombstone', async () => {
    const stream = await written(3);
    await target.client.setStreamMetadata(stream, { maxCount: 1 });
    expect(await revisions(stream)).toEqual([2]);
    await target.client.tombstoneStream(`$$${stream}`);
    expect(await revisions(stream)).toEqual([0, 1, 2]);
    await expect(target.client.setStreamMetadata(stream, {})).rejects.toThrow(StreamDeletedError);
    await target.client.appendToStream(stream, events(1));
    expect(await revisions(stream)).toEqual([0, 1, 2, 3]);
  });
});

describe('a tombstone', () => {
  it('closes the stream and its metadata for ever', async () => {
    const stream = await written(1);
    await target.client.tombstoneStream(stream);
    await expect(revisions(stream)).rejects.toThrow(StreamDeletedError);
    await expect(target.client.getStreamMetadata(stream)).rejects.toThrow(StreamDeletedError);
    await expect(target.client.setStreamMetadata(stream, {})).rejects.toThrow(StreamDeletedError);
    await expect(target.client.deleteStream(stream)).rejects.toThrow(StreamDeletedError);
    await expect(target.client.appendToStream(stream, jsonEvent({ type: 'T', data: {} }))).rejects.toThrow(
      StreamDeletedError,
    );
  });

  it('can be put on a stream that was never there', async () => {
    const stream = newStream();
    await target.client.tombstoneStream(stream);
    await expect(target.client.appendToStream(stream, events(1))).rejects.toThrow(StreamDeletedError);
  });
});
