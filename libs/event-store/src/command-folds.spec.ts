import { Failure, ok, randomUuid, refused } from '@mooring/kernel';
import fc from 'fast-check';
import { createFoldCache } from './fold-cache.ts';
import {
  createAggregate,
  createInMemoryEventStore,
  foldEvents,
  handleCommand,
  load,
  type CommandOutcome,
  type Decide,
  type EventStore,
  type StoredEvent,
} from './index.ts';

type PurseEvent =
  | { readonly type: 'Added'; readonly data: { readonly amount: number; readonly note?: string | undefined } }
  | { readonly type: 'Emptied'; readonly data: Readonly<Record<string, never>> };
interface Purse {
  readonly sum: number;
  readonly notes: number;
}

const purse = createAggregate<Purse, PurseEvent>({
  category: 'purse',
  initial: { sum: 0, notes: 0 },
  evolve(state, event) {
    switch (event.type) {
      case 'Added':
        return {
          sum: state.sum + event.data.amount,
          // Tells what was read back from what was only decided.
          notes: state.notes + ('note' in event.data ? 1 : 0),
        };
      case 'Emptied':
        return { sum: 0, notes: 0 };
      default:
        return state;
    }
  },
  schemaVersion: 1,
});

type Command = { readonly kind: 'add'; readonly amount: number } | { readonly kind: 'empty' };

/** Says all a command can: what follows from the state, a refusal, nothing to do, several events. */
const decide =
  (command: Command): Decide<Purse, PurseEvent, string> =>
  ({ sum }) => {
    if (command.kind === 'empty') return ok(sum === 0 ? [] : [{ type: 'Emptied', data: {} }]);
    if (sum + command.amount > 12) return refused(`${sum} and ${command.amount} are too much`);
    const added: PurseEvent = { type: 'Added', data: { amount: command.amount, note: undefined } };
    return ok(command.amount === 4 ? [added, added] : [added]);
  };

const command: fc.Arbitrary<Command> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('add' as const), amount: fc.integer({ min: 1, max: 6 }) }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'empty' as const }) },
);
const step = fc.record({
  instance: fc.integer({ min: 0, max: 1 }),
  id: fc.constantFrom('1', '2'),
  key: fc.constantFrom(undefined, undefined, undefined, 'k' as const, 'l' as const),
  command,
});
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

const run = (store: EventStore, { id, key, command: given }: Step) =>
  handleCommand(
    store,
    purse,
    id,
    { correlationId: 'op', systemId: 'test', ...(key !== undefined && { idempotencyKey: `${id}${key}` }) },
    decide(given),
  );

/** Without what a process remembers: not even how it answered a key, since these keys stand for many commands. */
function withoutMemory(): EventStore {
  const store = { ...createInMemoryEventStore({ folds: 'none' }) };
  Reflect.deleteProperty(store, 'answers');
  return store;
}

/** Two processes on one store, each with what it remembers; little of it, so that it also forgets. */
function twoInstances(store: EventStore, remembers: boolean): readonly [EventStore, EventStore] {
  if (!remembers) return [store, store];
  return [
    { ...store, folds: createFoldCache({ entriesMax: 1 }) },
    { ...store, folds: createFoldCache() },
  ];
}

const withoutIds = (outcome: CommandOutcome<Purse, PurseEvent>) => ({
  ...outcome,
  traceparent: undefined,
  recorded: outcome.recorded.map(({ revision, event: { type } }) => ({ revision, type })),
});

const streamOf = async (store: EventStore, id: string): Promise<readonly StoredEvent<PurseEvent>[]> =>
  (await load(store, purse, id)).events;

describe('commands that remember', () => {
  it('answer exactly what commands that read answer, whichever instance had the stream before', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 30 }), async (steps) => {
        const play = async (remembers: boolean) => {
          const store = withoutMemory();
          const instances = twoInstances(store, remembers);
          const answers: unknown[] = [];
          for (const one of steps) {
            const answer = await run(instances[one.instance === 0 ? 0 : 1], one);
            answers.push(answer.ok ? withoutIds(answer.value) : answer);
          }
          const stored = [...(await streamOf(store, '1')), ...(await streamOf(store, '2'))];
          return { answers, stored: stored.map(({ type, data, position }) => ({ type, data, position })) };
        };
        expect(await play(true)).toEqual(await play(false));
      }),
      { numRuns: 300 },
    );
  });

  it('answer what was so while they ran, in every interleaving of reads and appends of two instances', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        fc.array(step, { minLength: 1, maxLength: 6 }),
        fc.array(step, { minLength: 2, maxLength: 8 }),
        async (scheduler, before, steps) => {
          const store = withoutMemory();
          const interleaved: EventStore = {
            ...store,
            async append(...given) {
              await scheduler.schedule(Promise.resolve(), 'append');
              const appended = await store.append(...given);
              await scheduler.schedule(Promise.resolve(), 'appended');
              return appended;
            },
            async *read(...given) {
              await scheduler.schedule(Promise.resolve(), 'read');
              yield* store.read(...given);
            },
          };
          const instances = twoInstances(interleaved, true);
          const lengthOf = async (id: string) => (await streamOf(store, id)).length;
          const observed = async (one: Step) => {
            const from = await lengthOf(one.id);
            const answer = await run(instances[one.instance === 0 ? 0 : 1], one);
            return { one, answer, from, to: await lengthOf(one.id) };
          };
          const outcomes = await scheduler.waitFor(
            (async () => {
              for (const one of before) await run(instances[one.instance === 0 ? 0 : 1], one);
              return Promise.all(steps.map(observed));
            })(),
          );
          for (const { one, answer, from, to } of outcomes) {
            const stored = await streamOf(store, one.id);
            const at = (count: number) => foldEvents(purse, stored.slice(0, count));
            if (answer.ok && answer.value.recorded.length > 0) {
              const { recorded, revision, position, state } = answer.value;
              expect(recorded.map(({ id }) => id)).toEqual(
                stored.filter(({ id }) => recorded.some((own) => own.id === id)).map(({ id }) => id),
              );
              expect(position).toBe(stored[Number(revision)]?.position);
              if (one.key !== undefined) continue;
              expect(decide(one.command)(at(Number(recorded[0]?.revision)).state, { revision: 0n })).toEqual(
                ok(recorded.map(({ event }) => event)),
              );
              expect(state).toEqual(at(Number(revision) + 1).state);
            } else {
              // What was refused, or was nothing to do, was so at some moment while the command ran.
              const moments = Array.from({ length: to - from + 1 }, (_none, index) => at(from + index));
              const wanted = answer.ok ? ok([]) : answer;
              expect(moments.map(({ state }) => decide(one.command)(state, { revision: 0n }))).toContainEqual(wanted);
            }
          }
          for (const id of ['1', '2']) {
            const keys = (await streamOf(store, id)).flatMap(({ metadata, data }) =>
              metadata.idempotencyKey === undefined || data.amount === 4 ? [] : [metadata.idempotencyKey],
            );
            expect(new Set(keys).size).toBe(keys.length);
          }
        },
      ),
      { numRuns: 200 },
    );
  });

  describe('with one instance', () => {
    let reads = 0;
    let store: EventStore;
    beforeEach(() => {
      reads = 0;
      const real = createInMemoryEventStore();
      store = {
        ...real,
        read(...given) {
          reads += 1;
          return real.read(...given);
        },
      };
    });
    const add = (amount: number, key?: Step['key']) =>
      run(store, { instance: 0, id: '1', key, command: { kind: 'add', amount } });

    it('read a stream once, and again for what a remembered fold cannot vouch for', async () => {
      await add(1);
      await add(1);
      await add(1);
      expect(reads).toBe(1);
      expect(await add(11)).toMatchObject({ ok: false });
      expect(reads).toBe(2);
      await add(1, 'k');
      expect(reads).toBe(3);
      expect(await add(1, 'k')).toMatchObject({ value: { replayed: true } });
      expect(reads).toBe(4);
    });

    it('need not read what `load` has just read, also when there was nothing', async () => {
      await load(store, purse, '1');
      await add(1);
      expect(reads).toBe(1);
    });

    it('read anew when they do not know whether they were recorded', async () => {
      await add(1);
      const working = store;
      store = { ...store, append: () => Promise.reject(new Failure('outcome-unknown', 'it may have happened')) };
      await expect(add(2)).rejects.toMatchObject({ code: 'outcome-unknown' });
      store = working;
      await add(3);
      expect(reads).toBe(2);
    });

    it('do not take another copy of the store for the one they remember', async () => {
      await add(1);
      await add(2);
      await add(3);
      const older = createInMemoryEventStore({ folds: 'none' });
      const { folds } = store;
      store = { ...older, ...(folds && { folds }) };
      expect(await add(7)).toMatchObject({ value: { revision: 0n, state: { sum: 7 } } });
      expect(await add(6)).toMatchObject({ ok: false, error: '7 and 6 are too much' });
    });

    it('refuse to decide once the stream holds what only newer code can read', async () => {
      await add(1);
      const metadata = { $correlationId: 'op', systemId: 'test', schemaVersion: 2 };
      await store.append('purse-1', 0n, [{ id: randomUuid(), type: 'Added', data: { amount: 1 }, metadata }]);
      for (let attempt = 0; attempt < 2; attempt += 1)
        await expect(add(1)).rejects.toMatchObject({ code: 'invalid', details: { revision: '1' } });
    });
  });
});
