import type { CloudEvent, LoggedEvent } from '@mooring/contracts';
import type { EventLog } from '../src/adapters/event-log.ts';

/** A log in memory: numbers rise by one, from 1. `fails` makes the next reads fail. */
export interface InMemoryLog extends EventLog {
  /** Writes so many entries of about `bytes` each. */
  grow(count: number, bytes?: number): void;
  fails: number;
}

export function createInMemoryLog(): InMemoryLog {
  const entries: LoggedEvent[] = [];
  const add = (event: object): void => {
    entries.push({ id: String(entries.length + 1), event: event as LoggedEvent['event'] });
  };
  const log: InMemoryLog = {
    fails: 0,
    grow: (count, bytes = 10) => {
      for (let index = 0; index < count; index += 1) add({ id: String(entries.length), data: 'x'.repeat(bytes) });
    },
    write(events: readonly CloudEvent[]) {
      for (const event of events) add(event);
      return log.head();
    },
    head: () => Promise.resolve(BigInt(entries.length)),
    after(number, max) {
      if (log.fails > 0) {
        log.fails -= 1;
        return Promise.reject(new Error('the database is away'));
      }
      return Promise.resolve(entries.slice(Number(number), Number(number) + max));
    },
    list: () => Promise.resolve({ items: [...entries], position: '0' }),
  };
  return log;
}
