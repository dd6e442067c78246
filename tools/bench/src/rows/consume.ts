import { EVENT_TYPES } from '@mooring/contracts';
import { createEventStore } from '@mooring/event-store';
import { JetStreamStrategy, type Bus } from '@mooring/messaging';
import { startTestEventStore } from '@mooring/testing';
import { jetstream } from '@nats-io/jetstream';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { compare, timed, type Sample } from '../compare.ts';
import { fillStore } from '../fill-store.ts';
import { openBus } from '../open-bus.ts';
import { relayAll } from '../relay-all.ts';
import { ROUNDS, type Row } from '../row.ts';

const CONSUMER = 'notifications';
const STREAM = 'CONNECTIONS';
const DURABLE = 'notifications-from-connections';
/** Asked for ahead by the raw consumer; more did not help it. */
const AHEAD = 1_000;

/** The strategy that Nest drives, with a handler that only counts: decoding, both schemas, order per aggregate, ack. */
async function consumeTyped(bus: Bus, events: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  let handled = 0;
  const strategy = new JetStreamStrategy({
    ...{ bus, consumer: CONSUMER, graceMs: 1_000 },
    subscriptions: [{ consumer: CONSUMER, producer: 'connections' }],
  });
  const handle = (): Promise<void> => {
    handled += 1;
    if (handled === events) resolve(undefined);
    return Promise.resolve();
  };
  for (const { type } of EVENT_TYPES) strategy.addHandler(type, handle, true);
  strategy.listen(() => undefined);
  await promise;
  await strategy.close();
}

async function consumeRaw(nats: NatsConnection, events: number): Promise<void> {
  const consumer = await jetstream(nats).consumers.get(STREAM, DURABLE);
  const { promise, resolve } = Promise.withResolvers<undefined>();
  let taken = 0;
  const messages = await consumer.consume({
    max_messages: AHEAD,
    callback: (message) => {
      message.ack();
      taken += 1;
      if (taken === events) resolve(undefined);
    },
  });
  await promise;
  await messages.close();
}

/** A stream that the relay filled, consumed from its beginning by the durable of a service. */
export const consume: Row = {
  name: 'consume',
  eventsDefault: 20_000,
  async run(options) {
    await using open = await openBus();
    const events = await fillStream(open.bus, options.events);
    const nats = await connect({ servers: open.url });
    const typed = async (): Promise<Sample> => {
      await open.renew(STREAM, DURABLE);
      return timed(events, () => consumeTyped(open.bus, events));
    };
    const raw = async (): Promise<Sample> => {
      await open.renew(STREAM, DURABLE);
      return timed(events, () => consumeRaw(nats, events));
    };
    try {
      const rates = await compare(ROUNDS, typed, raw);
      return {
        measurements: [
          {
            ...{ row: 'consume', what: 'typed decode, handler, ack', unit: 'events', ...rates },
            ...{ baselineIs: 'raw, ack only', goal: { perSecondMin: 40_000 } },
          },
        ],
      };
    } finally {
      await nats.close();
    }
  },
};

async function fillStream(bus: Bus, wanted: number): Promise<number> {
  await using node = await startTestEventStore();
  await using store = createEventStore({ connectionString: node.connectionString });
  const events = await fillStore(node.connectionString, wanted);
  await relayAll(bus, store, events);
  return events;
}
