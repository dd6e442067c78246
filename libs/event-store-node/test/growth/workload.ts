import { BACKWARDS, END, jsonEvent, START, type EventStoreDBClient, type Position } from '@eventstore/db-client';
import { payload, streamName } from './fill.ts';

const APPENDS = 4000;
const LATEST_READS = 3000;
/** Fewer than the smaller store has, so that both read as many. */
const EVENTS_READ = 9000;
const BATCH = 100;

/** A store that grew, as the client sees it. */
export interface Subject {
  readonly client: EventStoreDBClient;
  readonly streams: number;
  readonly eventBytes: number;
  /** In the middle of the log. */
  readonly middle: Position;
}

/** Per second. */
async function rate(count: number, work: () => Promise<void>): Promise<number> {
  const started = performance.now();
  await work();
  return Math.round((count / (performance.now() - started)) * 1000);
}

/** Does `task` so many times, 64 at the same time. */
const inFlight64 = (count: number, task: (n: number) => Promise<unknown>): Promise<number> => {
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let n = next++; n < count; n = next++) await task(n);
  };
  return rate(count, async () => {
    await Promise.all(Array.from({ length: 64 }, worker));
  });
};

async function drain(read: AsyncIterable<object>): Promise<void> {
  let seen = 0;
  for await (const one of read) if ('event' in one) seen += 1;
  if (seen < EVENTS_READ) throw new Error(`read ${seen} of ${EVENTS_READ} events`);
}

const event = ({ eventBytes }: Subject) =>
  jsonEvent({ type: 'Growth', data: { text: 'x'.repeat(payload(eventBytes).length - 11) } });
const anyOf = (streams: number): string => streamName(Math.floor(Math.random() * streams));

/** What is done to a small and to a large store alike; per second. */
export const WORKLOADS: Readonly<Record<string, (subject: Subject) => Promise<number>>> = {
  'appends, 64 in flight, any of all streams': (subject) =>
    inFlight64(APPENDS, () => subject.client.appendToStream(anyOf(subject.streams), event(subject))),
  'appends, 64 in flight, 64 streams': (subject) =>
    inFlight64(APPENDS, (n) => subject.client.appendToStream(streamName(n % 64), event(subject))),
  'batched events, 100 an append': (subject) =>
    rate(EVENTS_READ, async () => {
      for (let n = 0; n < EVENTS_READ; n += BATCH)
        await subject.client.appendToStream(
          'growth-batched',
          Array.from({ length: BATCH }, () => event(subject)),
        );
    }),
  'reads of the newest event, 64 in flight, any of all streams': ({ client, streams }) =>
    inFlight64(LATEST_READS, async () => {
      const options = { direction: BACKWARDS, fromRevision: END, maxCount: 1 } as const;
      for await (const one of client.readStream(anyOf(streams), options))
        if (one.event === undefined) throw new Error('nothing');
    }),
  'events of one stream': ({ client }) =>
    rate(EVENTS_READ, () => drain(client.readStream('growth-batched', { maxCount: EVENTS_READ }))),
  'events of $all from the start': ({ client }) =>
    rate(EVENTS_READ, () => drain(client.readAll({ fromPosition: START, maxCount: EVENTS_READ }))),
  'events of $all from the middle': ({ client, middle }) =>
    rate(EVENTS_READ, () => drain(client.readAll({ fromPosition: middle, maxCount: EVENTS_READ }))),
};
