import { isFailure } from '@mooring/kernel';
import type { Tracer } from '@opentelemetry/api';
import { createAnswerMemory } from '../answer-memory.ts';
import { createFoldCache, type FoldCacheLimits } from '../fold-cache.ts';
import { follow } from '../follow/follow.ts';
import type { EventStore } from '../port.ts';
import { defaultTracer, traceAppend } from '../trace.ts';
import { upcast, type Upcasters } from '../upcasters.ts';
import { createAppend, type Append } from './append.ts';
import { createConnectionHolder } from './connection.ts';
import { appendSeconds } from './metrics.ts';
import { createStreamReader } from './read.ts';
import { createClientSource } from './source.ts';

export interface EventStoreOptions {
  /** `esdb://host:port?tls=false`, or several hosts, or `esdb+discover://`; credentials and CA file inside. */
  readonly connectionString: string;
  /** How long an append is repeated before its caller is told that its outcome is unknown; default 10,000 ms. */
  readonly appendTimeoutMs?: number;
  /** How long a read goes on asking a store that does not answer; default 10,000 ms. */
  readonly readTimeoutMs?: number;
  readonly tracer?: Tracer;
  /** Applied by `read` and `follow`; give those of all aggregates, merged. */
  readonly upcasters?: Upcasters;
  /** How much commands may remember of streams, so as not to read them; `none`: every command reads. */
  readonly folds?: FoldCacheLimits | 'none';
}

/**
 * The store over EventStoreDB's own client. Nothing is called until it is used. One per process: the client keeps one table of
 * appends for all its instances, and the end of any connection empties it.
 */
export function createEventStore({
  connectionString,
  appendTimeoutMs = 10_000,
  readTimeoutMs = 10_000,
  tracer = defaultTracer(),
  upcasters = {},
  folds,
}: EventStoreOptions): EventStore {
  const connections = createConnectionHolder(connectionString);
  const readStored = createStreamReader(connections, readTimeoutMs);
  const append = timed(createAppend(connections, readStored, appendTimeoutMs));
  const source = createClientSource(connectionString, upcasters);
  return {
    append: (streamName, expected, events) =>
      traceAppend(tracer, streamName, events, (traced) => append({ streamName, expected, events: traced })),
    async *read(streamName, options) {
      for await (const event of readStored(streamName, options)) yield upcast(event, upcasters);
    },
    follow: (options) => follow(source, options),
    ...(folds !== 'none' && { folds: createFoldCache(folds) }),
    answers: createAnswerMemory(),
    [Symbol.asyncDispose]: () => connections[Symbol.asyncDispose](),
  };
}

const timed =
  (append: Append): Append =>
  async (request) => {
    const end = appendSeconds.startTimer();
    try {
      const outcome = await append(request);
      end({ outcome: 'done' });
      return outcome;
    } catch (thrown) {
      end({ outcome: isFailure(thrown) ? thrown.code : 'bug' });
      throw thrown;
    }
  };
