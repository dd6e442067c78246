import {
  EventStoreDBClient,
  START,
  streamNameFilter,
  type AllStreamResolvedEvent,
  type AllStreamSubscription,
} from '@eventstore/db-client';
import { createEventStore } from '@mooring/event-store';
import { startTestEventStore } from '@mooring/testing';
import { jetstreamManager } from '@nats-io/jetstream';
import { connect, createInbox, headers, type NatsConnection } from '@nats-io/transport-node';
import { compare, timed, type Sample } from '../compare.ts';
import { fillStore } from '../fill-store.ts';
import { openBus } from '../open-bus.ts';
import { relayAll } from '../relay-all.ts';
import { ROUNDS, type Row } from '../row.ts';

const WINDOW = 256;
const RAW_STREAM = 'BENCH';
const encoder = new TextEncoder();

/** What the raw way publishes: the same JSON, without any check. */
function toMessage({ event }: AllStreamResolvedEvent) {
  const { connectionId, ...data } = (event?.data ?? {}) as { connectionId?: string };
  const text = JSON.stringify({
    ...{ specversion: '1.0', id: event?.id, source: 'urn:meshery:service:connections', type: event?.type },
    ...{ subject: connectionId, time: event?.created, datacontenttype: 'application/json', severitynumber: 6 },
    ...{ category: 'connection', action: 'enter', sequence: event?.revision.toString(), actedupon: connectionId },
    data: { connectionId, ...data, summary: 'Something happened', message: 'This connection: something happened.' },
    metadata: event?.metadata,
  });
  return { id: event?.id ?? '', subject: `raw.${connectionId ?? 'none'}`, data: encoder.encode(text) };
}

/** Subscribe, encode, publish with a window of acknowledgements, and nothing else: no fence, no order, no resume, no trace. */
function publishRaw(client: EventStoreDBClient, nats: NatsConnection, events: number): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<undefined>();
  const inbox = createInbox();
  let sent = 0;
  let stored = 0;
  const subscription: AllStreamSubscription = client.subscribeToAll({
    fromPosition: START,
    filter: streamNameFilter({ prefixes: ['connection-'] }),
  });
  const answers = nats.subscribe(`${inbox}.*`, {
    callback: () => {
      stored += 1;
      if (sent - stored === WINDOW / 2) subscription.resume();
      if (stored === events) resolve(undefined);
    },
  });
  subscription.on('data', (item: AllStreamResolvedEvent) => {
    const { id, subject, data } = toMessage(item);
    const ours = headers();
    ours.set('Nats-Msg-Id', id);
    sent += 1;
    nats.publish(subject, data, { headers: ours, reply: `${inbox}.${sent}` });
    if (sent - stored >= WINDOW) subscription.pause();
  });
  subscription.on('error', reject);
  return promise.finally(async () => {
    answers.unsubscribe();
    await subscription.unsubscribe();
  });
}

/** Everything recorded goes to JetStream once, from an empty stream, by the relay and raw; both in this process. */
export const relay: Row = {
  name: 'relay',
  eventsDefault: 20_000,
  async run(options) {
    await using node = await startTestEventStore();
    await using open = await openBus();
    const events = await fillStore(node.connectionString, options.events);
    await using store = createEventStore({ connectionString: node.connectionString });
    const client = EventStoreDBClient.connectionString(node.connectionString);
    const nats = await connect({ servers: open.url });
    const manager = await jetstreamManager(nats);

    const relayed = async (): Promise<Sample> => {
      await open.renew('CONNECTIONS');
      return timed(events, () => relayAll(open.bus, store, events));
    };
    const raw = async (): Promise<Sample> => {
      await manager.streams.add({ name: RAW_STREAM, subjects: ['raw.>'] });
      const sample = await timed(events, () => publishRaw(client, nats, events));
      await manager.streams.delete(RAW_STREAM);
      return sample;
    };
    try {
      const rates = await compare(ROUNDS, relayed, raw);
      return {
        measurements: [
          {
            ...{ row: 'relay', what: 'stored event → JetStream', unit: 'events', ...rates },
            ...{ baselineIs: 'raw, one process', goal: { perSecondMin: 25_000, ratioMin: 0.6 } },
          },
        ],
      };
    } finally {
      await nats.close();
      await client.dispose();
    }
  },
};
