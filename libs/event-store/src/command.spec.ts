import { isUuid, ok, randomUuid, refused } from '@mooring/kernel';
import {
  createAggregate,
  createInMemoryEventStore,
  handleCommand,
  load,
  stateAt,
  type CommandContext,
  type Decide,
  type EventStore,
  type StoredEvent,
} from './index.ts';

type Opened = { readonly type: 'Opened'; readonly data: { readonly by: string } };
type Added = { readonly type: 'Added'; readonly data: { readonly amount: number } };
type AccountEvent = Opened | Added;
interface Account {
  readonly owner?: string;
  readonly sum: number;
}

const account = createAggregate<Account, AccountEvent>({
  category: 'account',
  initial: { sum: 0 },
  evolve(state, event) {
    switch (event.type) {
      case 'Opened':
        return { ...state, owner: event.data.by };
      case 'Added':
        return { ...state, sum: state.sum + event.data.amount };
      default:
        return state;
    }
  },
  schemaVersion: 2,
  upcasters: { Added: { 1: ({ cents, ...rest }) => ({ ...rest, amount: Number(cents) / 100 }) } },
});

const open: Decide<Account, AccountEvent, 'open already'> = ({ owner }) =>
  owner === undefined ? ok([{ type: 'Opened', data: { by: 'me' } }]) : refused('open already');
const add =
  (amount: number): Decide<Account, AccountEvent, never> =>
  () =>
    ok([{ type: 'Added', data: { amount } }]);

const context: CommandContext = { correlationId: 'op', systemId: 'test' };

const events = async (store: EventStore): Promise<readonly StoredEvent[]> => (await load(store, account, '1')).events;

describe('handleCommand', () => {
  let now = new Date('2026-01-01T00:00:00Z');
  let store: EventStore;
  const run = <R>(decide: Decide<Account, AccountEvent, R>, given: Partial<CommandContext> = {}) =>
    handleCommand(store, account, '1', { ...context, ...given }, decide);

  beforeEach(() => {
    now = new Date('2026-01-01T00:00:00Z');
    store = createInMemoryEventStore({ now: () => now });
  });

  it('records what was decided, with what is known of the command beside it', async () => {
    const outcome = await run(open, { causationId: 'cause', userId: 'me', idempotencyKey: 'k' });
    const [stored] = await events(store);
    expect(outcome).toMatchObject({
      ok: true,
      value: {
        state: { owner: 'me', sum: 0 },
        revision: 0n,
        position: stored?.position,
        recorded: [{ id: stored?.id, revision: 0n, event: { type: 'Opened' } }],
        traceparent: stored?.metadata.traceparent,
        replayed: false,
      },
    });
    expect(isUuid(stored?.id ?? '')).toBe(true);
    expect(stored?.metadata).toEqual({
      $correlationId: 'op',
      $causationId: 'cause',
      schemaVersion: 2,
      userId: 'me',
      systemId: 'test',
      idempotencyKey: 'k',
      traceparent: stored?.metadata.traceparent,
    });
  });

  it('appends nothing for a refusal, and nothing for a success without events', async () => {
    await run(open);
    expect(await run(open)).toEqual({ ok: false, error: 'open already' });
    const nothing = await run(() => ok([]));
    expect(nothing).toMatchObject({ ok: true, value: { revision: 0n, recorded: [], replayed: false } });
    expect(await events(store)).toHaveLength(1);
    const neverSeen = await handleCommand(store, account, '2', context, () => ok([]));
    expect(neverSeen).toEqual({ ok: true, value: { state: { sum: 0 }, revision: -1n, recorded: [], replayed: false } });
  });

  it('decides again on the new state after losing to another writer', async () => {
    const seen: bigint[] = [];
    let interferences = 0;
    const contested: EventStore = {
      ...store,
      append: async (streamName, expected, given) => {
        if (interferences++ < 2) await run(add(1));
        return store.append(streamName, expected, given);
      },
    };
    await handleCommand(contested, account, '1', context, (state, { revision }) => {
      seen.push(revision);
      return ok([{ type: 'Added', data: { amount: state.sum * 10 } }]);
    });
    expect(seen).toEqual([-1n, 0n, 1n]);
    expect((await load(store, account, '1')).state.sum).toBe(22);
  });

  it('gives up with a conflict when it loses every time', async () => {
    const contested: EventStore = {
      ...store,
      append: async (streamName, expected, given) => {
        await run(add(1));
        return store.append(streamName, expected, given);
      },
    };
    await expect(handleCommand(contested, account, '1', context, add(5))).rejects.toMatchObject({ code: 'conflict' });
    expect((await load(store, account, '1')).state.sum).toBe(8);
  });

  it('answers a repeated key with what was recorded then, whatever happened since', async () => {
    const first = await run(add(5), { idempotencyKey: 'k' });
    await run(add(7));
    const again = await run(add(5), { idempotencyKey: 'k' });
    expect(again).toEqual({
      ok: true,
      value: { ...(first.ok && first.value), recorded: expect.any(Array), replayed: true },
    });
    expect(again.ok && again.value.recorded.map(({ id, revision }) => ({ id, revision }))).toEqual(
      first.ok && first.value.recorded.map(({ id, revision }) => ({ id, revision })),
    );
    expect((await load(store, account, '1')).state.sum).toBe(12);
  });

  it('has one effect for one key, also when both tries run at once', async () => {
    const both = await Promise.all([run(add(5), { idempotencyKey: 'k' }), run(add(5), { idempotencyKey: 'k' })]);
    expect(both.map((outcome) => outcome.ok && outcome.value.revision)).toEqual([0n, 0n]);
    expect(await events(store)).toHaveLength(1);
  });

  it('lets a repeat wait for a try that is still under way, which would else take effect after the repeat was refused', async () => {
    const addToOpen: Decide<Account, AccountEvent, 'not open'> = ({ owner }) =>
      owner === undefined ? refused('not open') : ok([{ type: 'Added', data: { amount: 1 } }]);
    const { promise: released, resolve: release } = Promise.withResolvers<undefined>();
    let reads = 0;
    const slow: EventStore = {
      ...store,
      async *read(...args) {
        reads += 1;
        if (reads === 1) await released;
        yield* store.read(...args);
      },
    };
    const attempt = () => handleCommand(slow, account, '1', { ...context, idempotencyKey: 'k' }, addToOpen);
    const tries = [attempt(), attempt()];
    await run(open);
    release(undefined);
    const [first, repeat] = await Promise.all(tries);
    expect(first).toMatchObject({ ok: true, value: { revision: 1n, replayed: false } });
    expect(repeat).toMatchObject({ ok: true, value: { revision: 1n, replayed: true } });
    const other = { ...context, idempotencyKey: 'another' };
    expect(await handleCommand(slow, account, '1', other, addToOpen)).toMatchObject({ value: { revision: 2n } });
  });

  it('answers a repeated key that left nothing as before, though it would have an effect by now', async () => {
    const addToOpen: Decide<Account, AccountEvent, 'not open'> = ({ owner }) =>
      owner === undefined ? refused('not open') : ok([{ type: 'Added', data: { amount: 1 } }]);
    const openOnce: Decide<Account, AccountEvent, never> = ({ owner }) =>
      ok(owner === undefined ? [] : [{ type: 'Added', data: { amount: 2 } }]);
    expect(await run(addToOpen, { idempotencyKey: 'early' })).toEqual(refused('not open'));
    expect(await run(openOnce, { idempotencyKey: 'idle' })).toMatchObject({ value: { recorded: [], replayed: false } });
    await run(open);
    expect(await run(addToOpen, { idempotencyKey: 'early' })).toEqual(refused('not open'));
    expect(await run(openOnce, { idempotencyKey: 'idle' })).toMatchObject({ value: { recorded: [], replayed: true } });
    expect(await events(store)).toHaveLength(1);
    expect(await run(addToOpen, { idempotencyKey: 'later' })).toMatchObject({ ok: true, value: { revision: 1n } });
  });

  it('reads old events in the present schema and refuses to decide on newer ones', async () => {
    const metadata = { $correlationId: 'op', systemId: 'test' };
    const old = { id: randomUuid(), type: 'Added', data: { cents: 250 }, metadata: { ...metadata, schemaVersion: 1 } };
    await store.append('account-1', 'no_stream', [old]);
    expect((await load(store, account, '1')).state.sum).toBe(2.5);
    const newer = { id: randomUuid(), type: 'Moved', data: {}, metadata: { ...metadata, schemaVersion: 3 } };
    await store.append('account-1', 0n, [newer]);
    expect((await load(store, account, '1')).state.sum).toBe(2.5);
    await expect(run(add(1))).rejects.toMatchObject({ code: 'invalid' });
  });

  it('knows the state at a revision and at a moment', async () => {
    await run(open);
    for (const [second, amount] of [
      [1, 10],
      [2, 20],
      [3, 30],
    ] as const) {
      now = new Date(Date.UTC(2026, 0, 1, 0, 0, second));
      await run(add(amount));
    }
    const sumAt = async (at: bigint | Date) => (await stateAt(store, account, '1', at)).state.sum;
    expect(await sumAt(0n)).toBe(0);
    expect(await sumAt(2n)).toBe(30);
    expect(await sumAt(99n)).toBe(60);
    expect(await sumAt(new Date('2026-01-01T00:00:02Z'))).toBe(30);
    expect(await sumAt(new Date('2026-01-01T00:00:02.999Z'))).toBe(30);
    expect(await stateAt(store, account, '1', new Date('2025-01-01T00:00:00Z'))).toEqual({
      state: { sum: 0 },
      revision: -1n,
      events: [],
    });
  });

  it('stops at the first event after the moment, also when the clock stepped back later', async () => {
    now = new Date('2026-01-01T00:00:05Z');
    await run(add(1));
    now = new Date('2026-01-01T00:00:01Z');
    await run(add(10));
    expect((await stateAt(store, account, '1', new Date('2026-01-01T00:00:02Z'))).revision).toBe(-1n);
  });

  it('never stores an event that does not fit its declaration: it could not be published', async () => {
    type Begun = {
      readonly type: 'WatchBegun';
      readonly data: { readonly connectionId: string; readonly epoch: number };
    };
    const watch = createAggregate<object, Begun>({
      category: 'watch',
      initial: {},
      evolve: (state) => state,
      schemaVersion: 1,
    });
    const begin = (epoch: number) =>
      handleCommand(store, watch, '1', context, () =>
        ok([{ type: 'WatchBegun', data: { connectionId: randomUuid(), epoch } }]),
      );
    await expect(begin(1.5)).rejects.toThrow('WatchBegun/epoch must be integer');
    expect((await load(store, watch, '1')).events).toEqual([]);
    expect(await begin(1)).toMatchObject({ ok: true });
  });
});
