import {
  BACKWARDS,
  END,
  FORWARDS,
  START,
  StreamNotFoundError,
  type ResolvedEvent,
  type StreamingRead,
} from '@eventstore/db-client';
import { createBackoff, delay, Failure } from '@mooring/kernel';
import type { StoredEvent } from '../event.ts';
import type { ReadOptions } from '../port.ts';
import type { Connection, ConnectionHolder } from './connection.ts';
import { isConnectionBroken, toFailure } from './failures.ts';
import { toStoredEvent } from './stored-event.ts';

export type StreamReader = (streamName: string, options?: ReadOptions) => AsyncGenerator<StoredEvent, void, undefined>;

/** Reads streams; a read that breaks off goes on from where it was, until `timeoutMs` have passed without an event. */
export const createStreamReader = (connections: ConnectionHolder, timeoutMs: number): StreamReader =>
  async function* (streamName, { from, toInclusive, direction = 'forwards', max, signal } = {}) {
    const isForwards = direction === 'forwards';
    const isPast = (revision: bigint): boolean =>
      toInclusive !== undefined && (isForwards ? revision > toInclusive : revision < toInclusive);
    const backoff = createBackoff({ minMs: 25, maxMs: 1_000 });
    let left = max ?? Number.MAX_SAFE_INTEGER;
    let next = from;
    let deadlineAt = performance.now() + timeoutMs;
    while (left > 0 && (next === undefined || !(next < 0n || isPast(next)))) {
      const connection = await connections.current();
      try {
        for await (const event of readOnce(connection, streamName, { from: next, isForwards, max: left, timeoutMs })) {
          if (isPast(event.revision)) return;
          yield event;
          if (signal?.aborted) return;
          left -= 1;
          next = isForwards ? event.revision + 1n : event.revision - 1n;
          deadlineAt = performance.now() + timeoutMs;
        }
        return;
      } catch (thrown) {
        const failure = toFailure(thrown, `read of ${streamName}`);
        if (isConnectionBroken(thrown)) connections.replace(connection);
        if (!failure.retryCanHelp || performance.now() >= deadlineAt || signal?.aborted) throw failure;
        await delay(backoff.next(), signal);
      }
    }
  };

interface OneRead {
  readonly from: bigint | undefined;
  readonly isForwards: boolean;
  readonly max: number;
  readonly timeoutMs: number;
}

async function* readOnce(connection: Connection, streamName: string, { from, isForwards, max, timeoutMs }: OneRead) {
  const stream = connection.client.readStream(streamName, {
    direction: isForwards ? FORWARDS : BACKWARDS,
    fromRevision: from ?? (isForwards ? START : END),
    maxCount: max,
  });
  for await (const { event, commitPosition } of withStallLimit(stream, timeoutMs, connection)) {
    if (event !== undefined) yield toStoredEvent(event, commitPosition);
  }
}

/**
 * Gives what a read of the client brings; a missing stream is empty. The client gives a read no deadline, so one that brings
 * nothing for `timeoutMs` while it is waited for ends with Failure `timeout`, and one whose connection was closed meanwhile with
 * `unavailable`: what came may not be all there is. Leaving early cancels the call.
 */
export async function* withStallLimit<E extends ResolvedEvent>(
  stream: StreamingRead<E>,
  timeoutMs: number,
  connection: Pick<Connection, 'closed'>,
): AsyncGenerator<E, void, undefined> {
  const timer = setTimeout(() => {
    stream.destroy(new Failure('timeout', `the event store sent nothing for ${timeoutMs} ms`));
  }, timeoutMs);
  try {
    for await (const event of stream.iterator({ destroyOnReturn: false })) {
      clearTimeout(timer);
      yield event;
      timer.refresh();
    }
    if (connection.closed) throw new Failure('unavailable', 'the connection was closed while it was read from');
  } catch (thrown) {
    if (!(thrown instanceof StreamNotFoundError)) throw thrown;
  } finally {
    clearTimeout(timer);
    // Flowing on, because a cancelled call only ends once everything it still holds has been taken.
    stream.resume();
    await stream.cancel().catch(() => undefined);
  }
}
