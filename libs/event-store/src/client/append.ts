import { jsonEvent, WrongExpectedVersionError, type JSONType } from '@eventstore/db-client';
import { createBackoff, delay, Failure, isFailure, withTimeout } from '@mooring/kernel';
import type { DomainEvent, NewEvent } from '../event.ts';
import { checkAppend } from '../append-limits.ts';
import { firstRevision } from '../expected.ts';
import type { Appended, ExpectedRevision } from '../port.ts';
import type { ConnectionHolder } from './connection.ts';
import { isConnectionBroken, isNeverSent, toFailure } from './failures.ts';
import { createGate } from './gate.ts';
import { appendRepeats } from './metrics.ts';
import type { StreamReader } from './read.ts';

/** The server is given this long for one try. */
const TRY_MS = 2_000;
/** A try that got no answer at all by then hangs: the client has no timeout of its own. */
const TRY_GRACE_MS = 1_000;
/** Larger than any append allowed here, so that one append is one message, and below the server's limit of 15 MiB. */
const MESSAGE_BYTES_MAX = 12 * 1024 * 1024;
/** Appends in flight: what a server that does not read can make this process hold. More than this gains nothing. */
const IN_FLIGHT_MAX = 64;

/** An append whose events know their trace. */
export interface AppendRequest {
  readonly streamName: string;
  readonly expected: ExpectedRevision;
  readonly events: readonly NewEvent[];
}

type Outcome = Omit<Appended, 'traceparent'>;

export type Append = (request: AppendRequest) => Promise<Outcome>;

/** Appends by repeating the same request until its outcome is known or `timeoutMs` is over. */
export function createAppend(connections: ConnectionHolder, read: StreamReader, timeoutMs: number): Append {
  const gate = createGate(IN_FLIGHT_MAX);

  return async (request) => {
    checkAppend(request.streamName, request.events);
    const what = `append to ${request.streamName}`;
    const deadlineAt = performance.now() + timeoutMs;
    const backoff = createBackoff({ minMs: 25, maxMs: 1_000 });
    let mayHaveHappened = false;
    let last: Failure | undefined;
    while (performance.now() < deadlineAt) {
      const leave = await gate.enter(deadlineAt);
      if (leave === undefined) break;
      try {
        const outcome = await tryOnce(connections, request, deadlineAt);
        return outcome ?? (await readBack(read, request));
      } catch (thrown) {
        last = toFailure(thrown, what);
        if (thrown instanceof WrongExpectedVersionError) {
          const own = await ownEarlierTry(read, request);
          if (own !== undefined) return own;
          throw last;
        }
        if (!last.retryCanHelp && !mayHaveHappened) throw last;
        if (!isNeverSent(thrown)) mayHaveHappened = true;
      } finally {
        leave();
      }
      appendRepeats.inc();
      await delay(Math.min(backoff.next(), Math.max(0, deadlineAt - performance.now())));
    }
    throw new Failure(
      mayHaveHappened ? 'outcome-unknown' : 'unavailable',
      `${what}: ${mayHaveHappened ? 'it is unknown whether it happened' : 'the event store could not be reached'} within ${timeoutMs} ms`,
      { cause: last, details: { streamName: request.streamName, timeoutMs } },
    );
  };
}

/** Nothing, when the server says that the events are there but not where. */
async function tryOnce(
  connections: ConnectionHolder,
  { streamName, expected, events }: AppendRequest,
  deadlineAt: number,
): Promise<Outcome | undefined> {
  const connection = await connections.current();
  const tryMs = Math.max(1, Math.min(TRY_MS, Math.ceil(deadlineAt - performance.now())));
  try {
    const result = await withTimeout(tryMs + TRY_GRACE_MS, 'outcome-unknown', `append to ${streamName}`, () =>
      connection.client.appendToStream(streamName, events.map(toClientEvent), {
        expectedRevision: expected,
        deadline: tryMs,
        batchAppendSize: MESSAGE_BYTES_MAX,
      }),
    );
    if (result.position === undefined) return undefined;
    return { revision: result.nextExpectedRevision, position: result.position.commit };
  } catch (thrown) {
    const hangs = isFailure(thrown, 'outcome-unknown');
    if (hangs || isConnectionBroken(thrown)) connections.replace(connection);
    throw thrown;
  }
}

const toClientEvent = ({ id, type, data, metadata }: NewEvent) =>
  jsonEvent({ id, type, data: toJsonType(data), metadata: { ...metadata } });

const toJsonType = (data: DomainEvent['data']): JSONType => ({ ...data });

/** A wrong revision may be our own doing: then the stream holds exactly our events right after the expected one. */
async function ownEarlierTry(
  read: StreamReader,
  { streamName, expected, events }: AppendRequest,
): Promise<Outcome | undefined> {
  const from = firstRevision(expected);
  let next = 0;
  for await (const stored of read(streamName, { from, max: events.length })) {
    if (stored.id !== events[next]?.id) return undefined;
    next += 1;
    if (next === events.length) return { revision: stored.revision, position: stored.position };
  }
  return undefined;
}

async function readBack(read: StreamReader, request: AppendRequest): Promise<Outcome> {
  const outcome = await ownEarlierTry(read, request);
  if (outcome !== undefined) return outcome;
  throw new Failure(
    'corrupt',
    `append to ${request.streamName}: the events are there but hidden; was the stream deleted or truncated?`,
  );
}
