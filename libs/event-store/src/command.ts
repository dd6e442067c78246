import { storedFindings } from '@mooring/contracts';
import { createBackoff, delay, Failure, isFailure, nameUuid, ok, randomUuid, type Result } from '@mooring/kernel';
import { foldEvents, load, type Aggregate, type Loaded } from './aggregate.ts';
import type { CommandContext, DomainEvent, EventMetadata, NewEvent } from './event.ts';
import { expectedAfter } from './expected.ts';
import type { EventStore } from './port.ts';
import { streamNameOf } from './stream-name.ts';

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

/**
 * Load, decide, append with the exact revision; on a conflict load and decide again, a bounded number of times.
 *
 * With `context.idempotencyKey` the event ids are made from stream, key and index, and a key that is already in the stream
 * answers what was recorded then. A command that recorded nothing left no key, so it is decided again.
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
  const streamName = streamNameOf(aggregate.category, id);
  const backoff = createBackoff({ minMs: 2, maxMs: 50 });
  for (let attempt = 1; ; attempt += 1) {
    const loaded = await load(store, aggregate, id);
    const earlier = outcomeOfKey(aggregate, loaded, context.idempotencyKey);
    if (earlier !== undefined) return ok(earlier);
    refuseNewer(aggregate, loaded, streamName);
    const decision = decide(loaded.state, { revision: loaded.revision });
    if (!decision.ok) return decision;
    refuseMalformed(decision.value);
    if (decision.value.length === 0) return ok({ ...outcomeOf(loaded), recorded: [], replayed: false });
    const events = toNewEvents(aggregate, streamName, context, decision.value);
    try {
      const appended = await store.append(streamName, expectedAfter(loaded.revision), events);
      return ok({
        ...appended,
        state: decision.value.reduce((state: S, event) => aggregate.evolve(state, event), loaded.state),
        recorded: decision.value.map((event, index) => ({
          id: events[index]?.id ?? '',
          revision: loaded.revision + 1n + BigInt(index),
          event,
        })),
        replayed: false,
      });
    } catch (thrown) {
      if (!isFailure(thrown, 'conflict') || attempt === CONFLICTS_MAX) throw thrown;
      await delay(backoff.next());
    }
  }
}

const outcomeOf = <S, E extends DomainEvent>({ state, revision, position }: Loaded<S, E>) =>
  position === undefined ? { state, revision } : { state, revision, position };

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
