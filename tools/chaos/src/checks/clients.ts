import { digestOf, type LogFact, type StoredFact } from '../facts/facts.ts';
import type { HeardMessage } from '../load/listener.ts';
import type { Check } from './finding.ts';

/** A client of the live stream that was there from the beginning got the log: every entry once, in order, as it is. */
export const checkListener =
  (messages: readonly HeardMessage[], log: readonly LogFact[]): Check =>
  (say) => {
    let last = 0;
    for (const { id, event, data } of messages) {
      if (event !== 'message') {
        say(`after ${last} it was told ${event} ${id}`);
        continue;
      }
      const number = Number(id);
      if (number !== last + 1) say(`${number} came after ${last}`);
      if (log[number - 1]?.digest !== digestOf(data)) say(`${number} is not what the log has`);
      last = number;
    }
    if (last !== log.length) say(`it has ${last} of ${log.length} entries`);
  };

/** Nobody on the bus ever saw what was not stored, and who reads a stream from the beginning has seen all of it. */
export const checkReaders =
  (
    readers: { readonly heard: ReadonlySet<string>; readonly read: ReadonlySet<string> },
    stored: readonly StoredFact[],
  ): Check =>
  (say) => {
    const published = new Set(stored.flatMap(({ publication }) => (publication === undefined ? [] : [publication.id])));
    for (const id of readers.heard) if (!published.has(id)) say(`heard live and not stored: ${id}`);
    for (const id of readers.read) if (!published.has(id)) say(`read from a stream and not stored: ${id}`);
    for (const id of published) if (!readers.read.has(id)) say(`never read from its stream: ${id}`);
  };
