import type { EventStore, FollowBatch, FollowStatus } from '@mooring/event-store';
import { createBackoff, delay, isFailure } from '@mooring/kernel';
import type { Database } from '../database.ts';
import { lockCheckpoint, moveCheckpoint, type Checkpoint } from './checkpoint.ts';
import { batchEvents, batchSeconds, behindSeconds, skippedEvents } from './metrics.ts';
import { checkProjection, type Projection } from './projection.ts';
import { newerServes, prepareTables, serveWhenCaughtUp } from './tables.ts';

export interface ProjectionStatus extends FollowStatus {
  /** Whether readers see this version, or still the one before while this is built. */
  readonly serving: boolean;
}

export interface ProjectionOptions<DB> {
  readonly db: Database<DB>;
  readonly store: EventStore;
  readonly projection: Projection<DB>;
  readonly signal: AbortSignal;
  readonly batchMax?: number;
  readonly onStatus?: (status: ProjectionStatus) => void;
}

/** Events per batch at most, unless told: more is no faster. */
const BATCH_MAX = 1_000;

/**
 * Makes the tables when they are missing (readers find them, still empty, from the first status that is not `blocked`), then
 * follows the store until `signal` aborts. May run in several instances at once: each batch locks the checkpoint row and skips
 * what is not newer. Lost databases and stores are waited for.
 *
 * Rejects with Failure `invalid` when a newer version of the projection serves already, `corrupt` when the event store does not
 * hold the event the checkpoint names (one of the two was restored), or with what `apply` threw when a retry cannot help.
 */
export async function runProjection<DB>(options: ProjectionOptions<DB>): Promise<void> {
  const { db, store, projection, signal, batchMax = BATCH_MAX, onStatus } = options;
  checkProjection(projection);
  const start = await prepareOrRepeat(options);
  if (start === undefined) return;
  let { serving } = start;
  const takeOver = async (): Promise<void> => {
    if (!serving) serving = await serveWhenCaughtUp(db, projection);
  };
  let takingOver = Promise.resolve();
  await store.follow({
    prefixes: projection.prefixes,
    from: start.position ?? 'start',
    expectAt: expectation(start),
    signal,
    batchMax,
    async handle(batch) {
      const end = batchSeconds.startTimer({ projection: projection.name });
      serving = await applyBatch(db, projection, batch);
      await takeOver();
      end();
    },
    onStatus(status) {
      if (status.behindMs !== undefined) behindSeconds.set({ projection: projection.name }, status.behindMs / 1_000);
      // Where there is nothing to catch up with, no batch comes. What fails here is tried again after the next one.
      if (status.state === 'live' && !serving) takingOver = takeOver().catch(() => undefined);
      onStatus?.({ ...status, serving });
    },
  });
  await takingOver;
}

/** Nothing when the signal aborted first. */
async function prepareOrRepeat<DB>({
  db,
  projection,
  signal,
  onStatus,
}: ProjectionOptions<DB>): Promise<Checkpoint | undefined> {
  const backoff = createBackoff({ minMs: 100, maxMs: 2_000 });
  while (!signal.aborted) {
    try {
      return await prepareTables(db, projection);
    } catch (thrown) {
      if (!isFailure(thrown) || !thrown.retryCanHelp) throw thrown;
      onStatus?.({ state: 'blocked', position: 'start', lastError: thrown, serving: false });
      await delay(backoff.next(), signal);
    }
  }
  return undefined;
}

const expectation = ({ eventPosition, eventId }: Checkpoint) =>
  eventPosition === null || eventId === null ? undefined : { position: eventPosition, eventId };

/** Rows and checkpoint in one transaction. Gives whether readers see this version. */
async function applyBatch<DB>(db: Database<DB>, projection: Projection<DB>, batch: FollowBatch): Promise<boolean> {
  const { name, version } = projection;
  return db.transaction().execute(async (tx) => {
    const checkpoint = await lockCheckpoint(tx, name, version);
    if (checkpoint === undefined) throw newerServes(projection);
    const after = checkpoint.position ?? -1n;
    const events = batch.events.filter(({ position }) => position > after);
    skippedEvents.inc({ projection: name }, batch.events.length - events.length);
    if (batch.position <= after) return checkpoint.serving;
    const last = events.at(-1);
    if (last !== undefined) {
      await projection.apply(tx, events);
      batchEvents.observe({ projection: name }, events.length);
    }
    await moveCheckpoint(tx, name, {
      ...checkpoint,
      position: batch.position,
      ...(last !== undefined && { eventPosition: last.position, eventId: last.id }),
    });
    return checkpoint.serving;
  });
}
