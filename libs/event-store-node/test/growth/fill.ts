import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { createCommandApplier } from '../../src/storage/apply-command.ts';
import { openDatabase } from '../../src/storage/database.ts';
import { createEventLog } from '../../src/storage/event-log.ts';

const EVENTS_PER_TRANSACTION = 5000;
/** Has no divisor in common with a round number of streams, so that all of them come before one comes again. */
const STEP = 7919;

export const streamName = (n: number): string => `growth-${n}`;
export const payload = (bytes: number): Buffer => Buffer.from(JSON.stringify({ text: 'x'.repeat(bytes - 11) }));

/**
 * Makes a store of so many events, in as many streams in turns, as that many appends of one event leave it. By the storage
 * layer and with one sync at the end: by the client 10 million would take a quarter of an hour.
 */
export function fill(folder: string, events: number, streams: number, bytes: number): void {
  mkdirSync(folder, { recursive: true });
  const database = openDatabase(folder);
  database.exec('PRAGMA synchronous = OFF');
  const applier = createCommandApplier(database, createEventLog(database), () => Date.now() * 1000);
  const content = { type: 'Growth', isJson: true, metadata: Buffer.alloc(0), data: payload(bytes) };
  for (let from = 0; from < events; from += EVENTS_PER_TRANSACTION) {
    database.exec('BEGIN IMMEDIATE');
    for (let n = from; n < Math.min(from + EVENTS_PER_TRANSACTION, events); n += 1) {
      const event = { ...content, id: randomUUID() };
      applier.apply(
        { kind: 'append', stream: streamName((n * STEP) % streams), expected: 'any', events: [event] },
        new Set(),
      );
    }
    database.exec('COMMIT');
  }
  database.exec('PRAGMA synchronous = FULL');
  database.close();
}
