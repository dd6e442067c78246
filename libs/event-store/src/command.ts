import { storedFindings } from '@mooring/contracts';
import { createBackoff, delay, Failure, isFailure, nameUuid, ok, randomUuid, type Result } from '@mooring/kernel';
import { foldEvents, type Aggregate, type Fold, type Loaded } from './aggregate.ts';
import type { CommandContext, DomainEvent, EventMetadata, NewEvent } from './event.ts';
import { expectedAfter } from './expected.ts';
import { load, loadAfter, recall, remember } from './load.ts';
import type { EventStore } from './port.ts';
import { streamNameOf } from './stream-name.ts';
import { inTurn } from './turns.ts';

/** Pure: what a command means in a state. `revision` is -1 for an aggregate without events. No events = success, nothing to record. */
export type Decide<S, E extends DomainEvent, R> = (
  state: S,
  at: { readonly revision: bigint },
) => Result<readonly E[], R>;

/** One event that a command recorded. */
export interface RecordedByCommand<E extends DomainEvent> {
  readonly id: string;
  readonly revision: bigint;
  readonly event: E;
}

/** What a command led to. */
export interface CommandOutcome<S, E extends DomainEvent> {
  /** After the recorded events. */
  readonly state: S;
  /** The last event's; -1 when the aggregate still has none. */
  readonly revision: bigint;
  /** Position in `$all` of the event at `revision`: wait for it to read your own write. Absent when the aggregate still has no events. */
  readonly position?: bigint;
  /** Empty when there was nothing to do. */
  readonly recorded: readonly RecordedByCommand<E>[];
  /** The trace context in the recorded events' metadata; absent when there are none. */
  readonly traceparent?: string;
  /** The command's idempotency key was in the stream already: this is what was recorded then, and nothing was done now. */
  readonly replayed: boolean;
}

/** A command is decided again this often after losing to another writer. */
const CONFLICTS_MAX = 8;

/** What to decide on. `events` are those it was read from just now, so none of a fold that was only remembered. */
type Basis<S, E extends DomainEvent> = Loaded<S, E> & { readonly isCurrent: boolean };

/**
 * Load, decide, append with the exact revision; on a conflict load and decide again, a bounded number of times.
 *
 * A stream that this process knows (`store.folds`) is not read before: its remembered fold is decided on, and the exact revision
 * says whether it was the newest. Where nothing would be appended (a refusal, nothing to do), nothing says so: then what was
 * recorded since is read, and decided again, so that the answer is that of a command that reads first.
 *
 * With `context.idempotencyKey` the event ids are made from stream, key and index, and a key that is already in the stream
 * answers what was recorded then; such a command always reads first. A command that recorded nothing left no key: this process
 * remembers its answer for ten minutes, another one decides again. Tries of one command that are in this process at once take turns.
 *
 * Failures: `conflict` (lost 8 times in a row), `invalid` (the stream holds events of a newer schema version than this code
 * knows: it must not decide on what it cannot read), and those of {@link EventStore.append} and {@link EventStore.read}.
 */
export async function handleCommand<S, E extends DomainEvent, R>(
  store: EventStore,
  aggregate: Aggregate<S, E>,
  id: string,
  context: CommandContext,
  decide: Decide<S, E, R>,
): Promise<Result<CommandOutcome<S, E>, R>> {
  const { idempotencyKey: key } = context;
  const run = () => decideAndAppend(store, aggregate, id, context, decide);
  if (key === undefined) return run();
  const name = `${streamNameOf(aggregate.category, id)} ${key}`;
  return inTurn(store, name, async () => {
    // Kept below, under a name that stands for this very command.
    const before = store.answers?.get(name) as Result<CommandOutcome<S, E>, R> | undefined;
    if (before !== undefined) return before;
    const result = await run();
    if (!result.ok) store.answers?.put(name, result);
    else if (result.value.recorded.length === 0) store.answers?.put(name, ok({ ...result.value, replayed: true }));
    return result;
  });
}

async function decideAndAppend<S, E extends DomainEvent, R>(
  store: EventStore,
  aggregate: Aggregate<S, E>,
  id: string,
  context: CommandContext,
  decide: Decide<S, E, R>,
): Promise<Result<CommandOutcome<S, E>, R>> {
  const streamName = streamNameOf(aggregate.category, id);
  const key = context.idempotencyKey;
  const backoff = createBackoff({ minMs: 2, maxMs: 50 });
  /** What the stream says now. A key has to be looked for in all of it. */
  const read = async (before?: Fold<S>): Promise<Basis<S, E>> => ({
    ...(before === undefined || key !== undefined
      ? await load(store, aggregate, id)
      : await loadAfter(store, aggregate, id, before)),
    isCurrent: true,
  });
  const remembered = key === undefined ? recall(store, aggregate, id) : undefined;
  let basis: Basis<S, E> = remembered === undefined ? await read() : { ...remembered, events: [], isCurrent: false };
  let conflicts = 0;
  for (;;) {
    const earlier = outcomeOfKey(aggregate, basis, key);
    if (earlier !== undefined) return ok(earlier);
    refuseNewer(aggregate, basis, streamName);
    const decision = decide(basis.state, { revision: basis.revision });
    if (!basis.isCurrent && !(decision.ok && decision.value.length > 0)) {
      basis = await read(basis);
      continue;
    }
    if (!decision.ok) return decision;
    refuseMalformed(decision.value);
    if (decision.value.length === 0) return ok({ ...outcomeOf(basis), recorded: [], replayed: false });
    const events = toNewEvents(aggregate, streamName, context, decision.value);
    try {
      const appended = await store.append(streamName, expectedAfter(basis.revision), events);
      const state = stateAfter(aggregate, basis.state, decision.value);
      const { revision, position } = appended;
      remember(store, aggregate, id, { state, revision, position, eventId: events.at(-1)?.id ?? '', events: [] });
      return ok({
        ...appended,
        state,
        recorded: recordedAfter(basis.revision, events, decision.value),
        replayed: false,
      });
    } catch (thrown) {
      if (!isFailure(thrown, 'conflict')) {
        store.folds?.drop(streamName);
        throw thrown;
      }
      if (basis.isCurrent) {
        conflicts += 1;
        if (conflicts === CONFLICTS_MAX) throw thrown;
        await delay(backoff.next());
      }
      basis = await read(basis);
    }
  }
}

const outcomeOf = <S>({ state, revision, position }: Fold<S>) =>
  position === undefined ? { state, revision } : { state, revision, position };

/** As it is when the events are read back, which is without what JSON leaves out. */
const stateAfter = <S, E extends DomainEvent>({ evolve }: Aggregate<S, E>, before: S, events: readonly E[]): S =>
  events.reduce((state: S, { type, data }) => {
    const stored = { type, data: JSON.parse(JSON.stringify(data)) as unknown };
    return evolve(state, stored as E);
  }, before);

const recordedAfter = <E extends DomainEvent>(
  revision: bigint,
  events: readonly NewEvent[],
  decided: readonly E[],
): readonly RecordedByCommand<E>[] =>
  decided.map((event, index) => ({
    id: events[index]?.id ?? '',
    revision: revision + 1n + BigInt(index),
    event,
  }));

function outcomeOfKey<S, E extends DomainEvent>(
  aggregate: Aggregate<S, E>,
  { events }: Loaded<S, E>,
  key: string | undefined,
): CommandOutcome<S, E> | undefined {
  if (key === undefined) return undefined;
  const recorded = events.filter(({ metadata }) => metadata.idempotencyKey === key);
  const last = recorded.at(-1);
  if (last === undefined) return undefined;
  const then = foldEvents(
    aggregate,
    events.filter(({ revision }) => revision <= last.revision),
  );
  return {
    ...outcomeOf(then),
    recorded: recorded.map((event) => ({ id: event.id, revision: event.revision, event })),
    traceparent: last.metadata.traceparent,
    replayed: true,
  };
}

function refuseNewer<S, E extends DomainEvent>(
  aggregate: Aggregate<S, E>,
  { events }: Loaded<S, E>,
  streamName: string,
): void {
  const newer = events.find(({ metadata }) => metadata.schemaVersion > aggregate.schemaVersion);
  if (newer === undefined) return;
  throw new Failure(
    'invalid',
    `event ${newer.revision.toString()} of ${streamName} has schema version ${newer.metadata.schemaVersion}, this code knows ${aggregate.schemaVersion}: run the newer version`,
    { details: { streamName, revision: newer.revision.toString() } },
  );
}

/** What is stored is stored for ever, and an event that does not fit its declaration could never be published: a bug, so it throws. */
function refuseMalformed(events: readonly DomainEvent[]): void {
  const findings = events.flatMap(({ type, data }) => storedFindings(type, data));
  if (findings.length > 0)
    throw new Error(`decided on an event that does not fit its declaration: ${findings.join('; ')}`);
}

function toNewEvents<S, E extends DomainEvent>(
  aggregate: Aggregate<S, E>,
  streamName: string,
  context: CommandContext,
  events: readonly E[],
): readonly NewEvent[] {
  const { correlationId, causationId, userId, systemId, idempotencyKey } = context;
  const metadata: Omit<EventMetadata, 'traceparent'> = {
    $correlationId: correlationId,
    ...(causationId !== undefined && { $causationId: causationId }),
    schemaVersion: aggregate.schemaVersion,
    ...(userId !== undefined && { userId }),
    systemId,
    ...(idempotencyKey !== undefined && { idempotencyKey }),
  };
  return events.map(({ type, data }, index) => ({
    id: idempotencyKey === undefined ? randomUuid() : nameUuid(streamName, idempotencyKey, String(index)),
    type,
    data,
    metadata,
  }));
}
