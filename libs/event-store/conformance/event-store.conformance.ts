import { jest } from '@jest/globals';
import { Failure, randomUuid } from '@mooring/kernel';
import {
  parseStreamName,
  type EventMetadata,
  type EventStore,
  type FollowBatch,
  type FollowOptions,
  type FollowStatus,
  type NewEvent,
  type StoredEvent,
} from '../src/index.ts';
import { until } from './until.ts';

const metadata: Omit<EventMetadata, 'traceparent'> = { $correlationId: 'op', schemaVersion: 1, systemId: 'test' };

const newEvent = (n: number, id = randomUuid()): NewEvent => ({ id, type: 'Counted', data: { n }, metadata });
const newEvents = (count: number): readonly NewEvent[] => Array.from({ length: count }, (_, n) => newEvent(n));

async function collect(stream: AsyncIterable<StoredEvent>): Promise<readonly StoredEvent[]> {
  const events: StoredEvent[] = [];
  for await (const event of stream) events.push(event);
  return events;
}

const numbers = (events: readonly StoredEvent[]): readonly unknown[] => events.map(({ data }) => data['n']);

/**
 * What every event store guarantees. `openStore` gives a store that may hold foreign streams; each test uses its own category.
 * `upcasters` of the store must bring `Renamed` from version 1 (`{ old }`) to version 2 (`{ name }`).
 */
export function eventStoreConformance(name: string, openStore: () => Promise<EventStore>): void {
  describe(`${name}, as an event store`, () => {
    jest.setTimeout(30_000);
    let store: EventStore;
    let category: string;
    let stream: string;

    beforeAll(async () => {
      store = await openStore();
    });
    afterAll(() => store[Symbol.asyncDispose]());
    beforeEach(() => {
      category = `c${randomUuid().replaceAll('-', '')}`;
      stream = `${category}-1`;
    });

    /** Follows in the background; `stop` gives what `follow` ended with. */
    function following(options: Partial<FollowOptions> = {}) {
      const controller = new AbortController();
      const batches: FollowBatch[] = [];
      const statuses: FollowStatus[] = [];
      const done = store
        .follow({
          prefixes: [`${category}-`],
          from: 'start',
          signal: controller.signal,
          handle: (batch) => {
            batches.push(batch);
            return Promise.resolve();
          },
          onStatus: (status) => statuses.push(status),
          ...options,
        })
        .then(
          () => undefined,
          (thrown: unknown) => thrown,
        );
      return {
        batches,
        statuses,
        done,
        events: () => batches.flatMap(({ events }) => events),
        stop: () => {
          controller.abort();
          return done;
        },
      };
    }

    describe('append and read', () => {
      it('gives back what was appended, in order, with revisions from 0 and growing positions', async () => {
        const events = newEvents(3);
        const appended = await store.append(stream, 'no_stream', events);
        const stored = await collect(store.read(stream));
        expect(
          stored.map(({ id, revision, type, data, streamName }) => ({ id, revision, type, data, streamName })),
        ).toEqual(events.map(({ id, type, data }, n) => ({ id, revision: BigInt(n), type, data, streamName: stream })));
        expect(stored.at(-1)).toMatchObject({ revision: appended.revision, position: appended.position });
        const positions = stored.map(({ position }) => position);
        expect(new Set(positions).size).toBe(3);
        expect(positions).toEqual(positions.toSorted((a, b) => (a < b ? -1 : 1)));
        expect(Math.abs(Date.now() - Number(stored[0]?.recordedAt))).toBeLessThan(60_000);
      });

      it('gives every event a valid trace and keeps one that it brings', async () => {
        const own = '00-11111111111111111111111111111111-2222222222222222-01';
        const bringing = {
          ...newEvent(1),
          metadata: { ...metadata, traceparent: own, userId: 'u', idempotencyKey: 'k' },
        };
        const { traceparent } = await store.append(stream, 'no_stream', [newEvent(0), bringing]);
        expect(traceparent).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-0[01]$/);
        const stored = await collect(store.read(stream));
        expect(stored.map((event) => event.metadata)).toEqual([{ ...metadata, traceparent }, bringing.metadata]);
      });

      it('reads a missing stream as empty', async () => {
        expect(await collect(store.read(stream))).toEqual([]);
        expect(await collect(store.read(stream, { direction: 'backwards' }))).toEqual([]);
      });

      it.each([
        [{ from: 2n }, [2, 3, 4]],
        [{ toInclusive: 1n }, [0, 1]],
        [{ from: 1n, toInclusive: 3n }, [1, 2, 3]],
        [{ from: 1n, max: 2 }, [1, 2]],
        [{ from: 9n }, []],
        [{ max: 0 }, []],
        [{ direction: 'backwards' }, [4, 3, 2, 1, 0]],
        [{ direction: 'backwards', max: 1 }, [4]],
        [{ direction: 'backwards', from: 2n }, [2, 1, 0]],
        [{ direction: 'backwards', from: 3n, toInclusive: 2n }, [3, 2]],
        [{ direction: 'backwards', toInclusive: 3n }, [4, 3]],
      ] as const)('reads the part that %j asks for', async (options, expected) => {
        await store.append(stream, 'no_stream', newEvents(5));
        expect(numbers(await collect(store.read(stream, options)))).toEqual(expected);
      });

      it('can be left in the middle of a read', async () => {
        await store.append(stream, 'no_stream', newEvents(500));
        for await (const event of store.read(stream)) if (event.revision === 3n) break;
        expect(await collect(store.read(stream, { from: 499n }))).toHaveLength(1);
      });

      it('refuses another revision than the stream is at, and appends nothing', async () => {
        await store.append(stream, 'no_stream', newEvents(2));
        for (const expected of ['no_stream', 0n, 2n] as const) {
          await expect(store.append(stream, expected, [newEvent(9)])).rejects.toMatchObject({ code: 'conflict' });
        }
        await expect(store.append(`${category}-2`, 0n, [newEvent(9)])).rejects.toMatchObject({ code: 'conflict' });
        expect(numbers(await collect(store.read(stream)))).toEqual([0, 1]);
      });

      it('answers a repeat of the same ids as the first time, also after others appended', async () => {
        const [first, second] = [newEvents(2), newEvents(3)];
        const created = await store.append(stream, 'no_stream', first);
        const appended = await store.append(stream, 1n, second);
        await store.append(stream, 4n, newEvents(1));
        const again = await Promise.all([store.append(stream, 1n, second), store.append(stream, 'no_stream', first)]);
        expect(again.map(({ revision, position }) => ({ revision, position }))).toEqual(
          [appended, created].map(({ revision, position }) => ({ revision, position })),
        );
        expect(await collect(store.read(stream))).toHaveLength(6);
      });

      it('lets exactly one of many writers win each revision', async () => {
        const tries = await Promise.allSettled(
          Array.from({ length: 40 }, (_, n) => store.append(stream, 'no_stream', [newEvent(n)])),
        );
        expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
        expect(
          tries.filter((result) => result.status === 'rejected' && (result.reason as Failure).code === 'conflict'),
        ).toHaveLength(39);
        expect(await collect(store.read(stream))).toHaveLength(1);
      });

      it('takes many appends in flight to different streams', async () => {
        const results = await Promise.all(
          Array.from({ length: 300 }, (_, n) => store.append(`${category}-${n}`, 'no_stream', [newEvent(n)])),
        );
        expect(new Set(results.map(({ position }) => position)).size).toBe(300);
      });

      it('refuses what is too large and ids that are none', async () => {
        const large = { ...newEvent(0), data: { text: 'x'.repeat(1_048_577) } };
        await expect(store.append(stream, 'no_stream', [large])).rejects.toMatchObject({ code: 'limit' });
        await expect(store.append(stream, 'no_stream', [newEvent(0, 'no-uuid')])).rejects.toMatchObject({
          code: 'invalid',
        });
        expect(await collect(store.read(stream))).toEqual([]);
      });

      it('brings old data up on reading and on following, and leaves newer data as it is', async () => {
        const old = { ...newEvent(0), type: 'Renamed', data: { old: 'a' } };
        const newer = {
          ...newEvent(1),
          type: 'Renamed',
          data: { title: 'b' },
          metadata: { ...metadata, schemaVersion: 7 },
        };
        await store.append(stream, 'no_stream', [old, newer]);
        const seen = (events: readonly StoredEvent[]) =>
          events.map((event) => [event.data, event.metadata.schemaVersion]);
        const expected = [
          [{ name: 'a' }, 2],
          [{ title: 'b' }, 7],
        ];
        expect(seen(await collect(store.read(stream)))).toEqual(expected);
        const follower = following();
        await until(() => follower.events().length === 2);
        await follower.stop();
        expect(seen(follower.events())).toEqual(expected);
      });
    });

    describe('follow', () => {
      it('gives the past and then the present, once each, in order, of the asked streams only', async () => {
        await store.append(stream, 'no_stream', newEvents(3));
        await store.append(`x${stream}`, 'no_stream', newEvents(3));
        const follower = following();
        await until(() => follower.events().length === 3);
        await store.append(`${category}-2`, 'no_stream', newEvents(2));
        await until(() => follower.events().length === 5);
        expect(await follower.stop()).toBeUndefined();
        expect(follower.events().map(({ streamName, revision }) => `${streamName}@${revision.toString()}`)).toEqual([
          ...[0, 1, 2].map((n) => `${stream}@${n}`),
          ...[0, 1].map((n) => `${category}-2@${n}`),
        ]);
        for (const { events, position } of follower.batches)
          expect(position).toBeGreaterThanOrEqual(events.at(-1)?.position ?? 0n);
      });

      it('goes on after the position it is given', async () => {
        await store.append(stream, 'no_stream', newEvents(4));
        const second = (await collect(store.read(stream))).at(1);
        const follower = following({
          from: second?.position ?? 0n,
          expectAt: { position: second?.position ?? 0n, eventId: second?.id ?? '' },
        });
        await until(() => follower.events().length === 2);
        await follower.stop();
        expect(numbers(follower.events())).toEqual([2, 3]);
      });

      it('refuses to go on when the store holds another event there, or none', async () => {
        await store.append(stream, 'no_stream', newEvents(2));
        const [first] = await collect(store.read(stream));
        const position = first?.position ?? 0n;
        for (const expectAt of [
          { position, eventId: randomUuid() },
          { position: position + 1n, eventId: first?.id ?? '' },
          { position: position + (1n << 50n), eventId: first?.id ?? '' },
        ]) {
          const follower = following({ from: expectAt.position, expectAt });
          const thrown = await follower.done;
          expect(thrown).toMatchObject({ code: 'corrupt' });
          expect((thrown as Failure).message).toMatch(/restored/);
          expect(follower.events()).toEqual([]);
        }
      });

      it('goes back to the last handled event from a checkpoint that is not there', async () => {
        await store.append(stream, 'no_stream', newEvents(3));
        const [first] = await collect(store.read(stream));
        const expectAt = { position: first?.position ?? 0n, eventId: first?.id ?? '' };
        const follower = following({ from: expectAt.position + (1n << 50n), expectAt });
        await until(() => follower.events().length === 2);
        await follower.stop();
        expect(numbers(follower.events())).toEqual([1, 2]);
      });

      it('tells how far it has looked when nothing matches', async () => {
        const follower = following();
        await until(() => follower.statuses.some(({ state }) => state === 'live'));
        const last = await store.append(`x${stream}`, 'no_stream', newEvents(5_000));
        await until(() => (follower.batches.at(-1)?.position ?? 0n) > last.position - last.position / 2n);
        await follower.stop();
        expect(follower.events()).toEqual([]);
      });

      it('never gives more than the largest batch, and loses nothing to a slow handler', async () => {
        const count = 1_000;
        let seen = 0;
        const follower = following({
          batchMax: 50,
          handle: slowly(({ events }) => {
            expect(events.length).toBeLessThanOrEqual(50);
            for (const { data } of events) expect(data['n']).toBe(seen++);
          }),
        });
        await until(() => follower.statuses.some(({ state }) => state === 'live'));
        for (let n = 0; n < count; n += 10) {
          await store.append(
            stream,
            n === 0 ? 'no_stream' : BigInt(n - 1),
            Array.from({ length: 10 }, (_, i) => newEvent(n + i)),
          );
        }
        await until(() => seen === count, 20_000);
        expect(await follower.stop()).toBeUndefined();
      });

      it('repeats the same batch while the handler fails in a way that a retry can help', async () => {
        await store.append(stream, 'no_stream', newEvents(3));
        const given: (readonly unknown[])[] = [];
        const follower = following({
          handle: ({ events }) => {
            if (events.length === 0) return Promise.resolve();
            given.push(numbers(events));
            return given.length <= 2 ? Promise.reject(new Failure('unavailable', 'not now')) : Promise.resolve();
          },
        });
        await until(() => given.slice(2).flat().length === 3 && follower.statuses.at(-1)?.state === 'live');
        await follower.stop();
        expect(given.slice(0, 3)).toEqual([given[0], given[0], given[0]]);
        expect(given.slice(2).flat()).toEqual([0, 1, 2]);
        expect(
          follower.statuses.filter(({ state }) => state === 'blocked').map(({ lastError }) => lastError?.message),
        ).toEqual(['not now', 'not now']);
      });

      it('ends with anything else that the handler throws', async () => {
        await store.append(stream, 'no_stream', newEvents(1));
        const bug = new TypeError('a bug');
        expect(await following({ handle: () => Promise.reject(bug) }).done).toBe(bug);
      });

      it('says when it is live and how far behind it is', async () => {
        await store.append(stream, 'no_stream', newEvents(3));
        const follower = following();
        await until(() => follower.statuses.at(-1)?.state === 'live');
        const { position } = await store.append(stream, 2n, [newEvent(3)]);
        await until(() => follower.statuses.at(-1)?.position === position);
        expect(follower.statuses.at(-1)).toEqual({ state: 'live', position, behindMs: 0 });
        await follower.stop();
      });

      it('awaits the batch in the handler before it ends', async () => {
        await store.append(stream, 'no_stream', newEvents(1));
        const entered = Promise.withResolvers<undefined>();
        const leave = Promise.withResolvers<undefined>();
        let finished = false;
        const follower = following({
          handle: async ({ events }) => {
            if (events.length === 0) return;
            entered.resolve(undefined);
            await leave.promise;
            finished = true;
          },
        });
        await entered.promise;
        const stopped = follower.stop();
        leave.resolve(undefined);
        await stopped;
        expect(finished).toBe(true);
      });
    });

    it('names streams so that they can be taken apart again', () => {
      expect(parseStreamName(stream)).toEqual({ category, id: '1' });
    });
  });
}

/** A handler that is slower than the appends it follows. */
const slowly =
  (handle: (batch: FollowBatch) => void): FollowOptions['handle'] =>
  async (batch) => {
    handle(batch);
    const until = performance.now() + 5;
    while (performance.now() < until) await new Promise(setImmediate);
  };
