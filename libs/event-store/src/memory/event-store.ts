import type { Tracer } from '@opentelemetry/api';
import { checkAppend } from '../append-limits.ts';
import { createAnswerMemory } from '../answer-memory.ts';
import { createFoldCache, type FoldCacheLimits } from '../fold-cache.ts';
import { follow } from '../follow/follow.ts';
import type { EventStore, ReadOptions } from '../port.ts';
import { defaultTracer, traceAppend } from '../trace.ts';
import { upcast, type Upcasters } from '../upcasters.ts';
import { createMemoryLog } from './log.ts';
import { createMemorySource } from './source.ts';

export interface InMemoryEventStoreOptions {
  /** The clock of `recordedAt`; default the system's. */
  readonly now?: () => Date;
  readonly tracer?: Tracer;
  readonly upcasters?: Upcasters;
  /** How much commands may remember of streams, so as not to read them; `none`: every command reads. */
  readonly folds?: FoldCacheLimits | 'none';
}

/** The store in this process's memory, with the same guarantees but durability; for unit tests of services. */
export function createInMemoryEventStore({
  now = () => new Date(),
  tracer = defaultTracer(),
  upcasters = {},
  folds,
}: InMemoryEventStoreOptions = {}): EventStore {
  const log = createMemoryLog(now);
  const source = createMemorySource(log, upcasters);
  return {
    append: (streamName, expected, events) =>
      traceAppend(tracer, streamName, events, (traced) => {
        checkAppend(streamName, traced);
        return Promise.resolve(log.append(streamName, expected, traced));
      }),
    async *read(streamName, options = {}) {
      await Promise.resolve();
      for (const event of select(log.stream(streamName), options)) {
        if (options.signal?.aborted) return;
        yield upcast(event, upcasters);
      }
    },
    follow: (options) => follow(source, options),
    ...(folds !== 'none' && { folds: createFoldCache(folds) }),
    answers: createAnswerMemory(),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

function select<T extends { readonly revision: bigint }>(
  events: readonly T[],
  { from, toInclusive, direction = 'forwards', max = Number.MAX_SAFE_INTEGER }: ReadOptions,
): readonly T[] {
  const isForwards = direction === 'forwards';
  const isWithin = ({ revision }: T): boolean =>
    isForwards
      ? (from === undefined || revision >= from) && (toInclusive === undefined || revision <= toInclusive)
      : (from === undefined || revision <= from) && (toInclusive === undefined || revision >= toInclusive);
  const within = events.filter(isWithin);
  return (isForwards ? within : within.toReversed()).slice(0, max);
}
