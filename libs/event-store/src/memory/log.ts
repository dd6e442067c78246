import { Failure } from '@mooring/kernel';
import type { DomainEvent, EventMetadata, NewEvent, StoredEvent } from '../event.ts';
import { firstRevision } from '../expected.ts';
import type { ExpectedRevision } from '../port.ts';

/** Events in memory, with a store's rules. */
export interface MemoryLog {
  append(
    streamName: string,
    expected: ExpectedRevision,
    events: readonly NewEvent[],
  ): { readonly revision: bigint; readonly position: bigint };
  stream(streamName: string): readonly StoredEvent[];
  readonly all: readonly StoredEvent[];
  /** Calls `listener` after every append; gives what ends it. */
  onAppend(listener: () => void): () => void;
}

export function createMemoryLog(now: () => Date): MemoryLog {
  const all: StoredEvent[] = [];
  const streams = new Map<string, StoredEvent[]>();
  const listeners = new Set<() => void>();
  let end = 1_000n;

  const record = (streamName: string, revision: bigint, { id, type, data, metadata }: NewEvent): StoredEvent => {
    const copy = JSON.parse(JSON.stringify({ data, metadata })) as {
      data: DomainEvent['data'];
      metadata: EventMetadata;
    };
    const position = end;
    end += BigInt(100 + JSON.stringify(copy).length);
    return { id, streamName, revision, position, type, ...copy, recordedAt: now() };
  };

  return {
    all,
    stream: (streamName) => streams.get(streamName) ?? [],
    append(streamName, expected, events) {
      const stream = streams.get(streamName) ?? [];
      const first = firstRevision(expected);
      if (first === BigInt(stream.length)) {
        const recorded = events.map((event, index) => record(streamName, first + BigInt(index), event));
        streams.set(streamName, [...stream, ...recorded]);
        all.push(...recorded);
        for (const listener of listeners) listener();
        return lastOf(recorded);
      }
      const there = stream.slice(Number(first), Number(first) + events.length);
      if (there.length === events.length && there.every(({ id }, index) => id === events[index]?.id))
        return lastOf(there);
      throw new Failure(
        'conflict',
        `append to ${streamName}: expected ${expected.toString()}, it is at ${stream.length - 1}`,
      );
    },
    onAppend(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

function lastOf(recorded: readonly StoredEvent[]): { readonly revision: bigint; readonly position: bigint } {
  const last = recorded.at(-1);
  if (last === undefined) throw new Error('nothing was recorded');
  return { revision: last.revision, position: last.position };
}
