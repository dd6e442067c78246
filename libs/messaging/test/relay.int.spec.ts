import { cp, rm } from 'node:fs/promises';
import { jest } from '@jest/globals';
import { jetstreamManager, type JetStreamManager } from '@nats-io/jetstream';
import { headers } from '@nats-io/transport-node';
import { createInMemoryEventStore, type EventStore } from '@mooring/event-store';
import { randomUuid } from '@mooring/kernel';
import { eventually, temporaryFolder } from '@mooring/testing';
import {
  connectBus,
  createMessagingMetrics,
  provision,
  runRelay,
  topology,
  type Bus,
  type RelayStatus,
} from '../src/index.ts';
import { Registry } from 'prom-client';
import { toCloudEvent, watchBegun } from './events.ts';
import { startOpenNats } from './harness.ts';

jest.setTimeout(60_000);

const CONNECTION = randomUuid();
const STREAM = 'DISCOVERY';

/** Appends events numbered from `first` to `last`, each in a stream of its own category. */
async function record(store: EventStore, first: number, last: number): Promise<string[]> {
  const ids: string[] = [];
  for (let epoch = first; epoch <= last; epoch += 1) {
    const event = watchBegun(CONNECTION, epoch);
    await store.append(`watch-${randomUuid()}`, 'no_stream', [event]);
    ids.push(event.id);
  }
  return ids;
}

function startRelay(bus: Bus, store: Pick<EventStore, 'follow'>, extra: { ackTimeoutMs?: number } = {}) {
  const stopping = new AbortController();
  const seen: RelayStatus[] = [];
  const metrics = createMessagingMetrics(new Registry());
  const ended = runRelay({
    bus,
    producer: 'discovery',
    store,
    prefixes: ['watch-'],
    toCloudEvent,
    signal: stopping.signal,
    onStatus: (status) => seen.push(status),
    metrics,
    ...extra,
  });
  ended.catch(() => undefined);
  return {
    ended,
    status: () => seen.at(-1),
    seen,
    rewinds: async () => (await metrics.relayRewinds.get()).values.reduce((sum, { value }) => sum + value, 0),
    async [Symbol.asyncDispose]() {
      stopping.abort();
      await ended.catch(() => undefined);
    },
  };
}

/** Ids of what the stream holds, in order. */
async function idsIn(manager: JetStreamManager): Promise<string[]> {
  const { state } = await manager.streams.info(STREAM);
  const ids: string[] = [];
  for (let seq = Math.max(1, state.first_seq); seq <= state.last_seq; seq += 1) {
    const message = await manager.streams.getMessage(STREAM, { seq });
    ids.push(message?.header.get('Nats-Msg-Id') ?? 'gone');
  }
  return ids;
}

describe('the relay', () => {
  it('publishes every stored event once, in order, and goes on from its own last message', async () => {
    await using open = await startOpenNats();
    await using store = createInMemoryEventStore();
    const manager = await jetstreamManager(open.bus.connection);
    const ids = await record(store, 1, 300);
    {
      await using relay = startRelay(open.bus, store);
      await eventually(() => relay.status()?.lastSequence === 300);
    }
    ids.push(...(await record(store, 301, 310)));
    await using again = startRelay(open.bus, store);
    await eventually(() => again.status()?.lastSequence === 310);
    expect(await idsIn(manager)).toEqual(ids);
    const first = await manager.streams.getMessage(STREAM, { seq: 1 });
    expect(first?.subject).toBe(`events.discovery.watch.begun.${CONNECTION}`);
    expect(first?.header.get('Content-Type')).toBe('application/cloudevents+json');
    expect(first?.header.get('Mooring-Position')).toMatch(/^[0-9]+$/);
    expect(first?.json<{ id: string }>().id).toBe(ids[0]);
  });

  it('is heard by plain subscribers once per stored message, and never with what was refused', async () => {
    await using open = await startOpenNats();
    await using store = createInMemoryEventStore();
    await using plain = await open.connect('plain');
    const seen: string[] = [];
    plain.connection.subscribe('events.>', {
      callback: (_error, message) => void seen.push(message.headers?.get('Nats-Msg-Id') ?? ''),
    });
    await plain.connection.flush();
    const ids = await record(store, 1, 20);
    await using relay = startRelay(open.bus, store);
    await eventually(() => expect(seen).toEqual(ids));
    expect(relay.status()).toMatchObject({ state: 'publishing', lastSequence: 20 });

    const stale = headers();
    stale.set('Nats-Msg-Id', 'stale');
    stale.set('Nats-Expected-Last-Sequence', '7');
    const subject = `relay.discovery.watch.begun.${CONNECTION}`;
    const answer = await open.bus.connection.request(subject, '{}', { headers: stale, timeout: 2_000 });
    expect(answer.json<{ error: { err_code: number } }>().error.err_code).toBe(10071);
    ids.push(...(await record(store, 21, 22)));
    await eventually(() => expect(seen).toEqual(ids));
  });

  it('stands down when another relay of the producer publishes', async () => {
    await using open = await startOpenNats();
    await using store = createInMemoryEventStore();
    await using second = await open.connect('second');
    const manager = await jetstreamManager(open.bus.connection);
    const ids = await record(store, 1, 5);
    await using first = startRelay(open.bus, store);
    await eventually(() => first.status()?.lastSequence === 5);
    await using other = startRelay(second, store);
    await eventually(() => other.status()?.state === 'publishing');
    ids.push(...(await record(store, 6, 500)));
    const endings = [first.ended, other.ended].map((ended) =>
      ended.then(
        () => 'stopped',
        (thrown: unknown) => thrown,
      ),
    );
    expect(await Promise.race(endings)).toMatchObject({ code: 'conflict' });
    await eventually(async () => expect((await manager.streams.info(STREAM)).state.last_seq).toBe(500));
    expect(await idsIn(manager)).toEqual(ids);
  });

  it('loses nothing and repeats nothing when NATS is killed in the middle', async () => {
    await using open = await startOpenNats();
    await using store = createInMemoryEventStore();
    await using relay = startRelay(open.bus, store);
    const ids: string[] = [];
    for (let round = 0; round < 3; round += 1) {
      ids.push(...(await record(store, round * 400 + 1, round * 400 + 200)));
      await eventually(() => (relay.status()?.lastSequence ?? 0) > round * 400);
      await open.nats.crash();
      ids.push(...(await record(store, round * 400 + 201, round * 400 + 400)));
      await open.nats.restart();
      await eventually(() => relay.status()?.lastSequence === (round + 1) * 400, { timeoutMs: 20_000 });
    }
    await using looking = await open.connect('looking');
    expect(await idsIn(await jetstreamManager(looking.connection))).toEqual(ids);
  });

  it('publishes again, at the same sequences, what JetStream had acknowledged and lost', async () => {
    await using open = await startOpenNats();
    await using store = createInMemoryEventStore();
    await using copy = await temporaryFolder();
    await using relay = startRelay(open.bus, store);
    const ids = await record(store, 1, 30);
    await eventually(() => relay.status()?.lastSequence === 30);
    await open.nats.stop();
    await cp(open.nats.dataFolder, copy.path, { recursive: true });
    await open.nats.restart();
    ids.push(...(await record(store, 31, 80)));
    await eventually(() => relay.status()?.lastSequence === 80, { timeoutMs: 20_000 });

    await open.nats.crash();
    await rm(`${open.nats.dataFolder}/jetstream`, { recursive: true });
    await cp(`${copy.path}/jetstream`, `${open.nats.dataFolder}/jetstream`, { recursive: true });
    await open.nats.restart();
    await eventually(async () => (await relay.rewinds()) === 1 && relay.status()?.lastSequence === 80, {
      timeoutMs: 20_000,
    });
    ids.push(...(await record(store, 81, 90)));
    await eventually(() => relay.status()?.lastSequence === 90);
    expect(await idsIn(await jetstreamManager(open.bus.connection))).toEqual(ids);
  });

  it('refuses a stream that was purged, and one whose end was cut off, and says what to do', async () => {
    await using open = await startOpenNats();
    await using store = createInMemoryEventStore();
    await record(store, 1, 10);
    {
      await using relay = startRelay(open.bus, store);
      await eventually(() => relay.status()?.lastSequence === 10);
    }
    // What deny_purge and deny_delete forbid can only be done by making the stream anew, without them, over the same files.
    const manager = await jetstreamManager(open.bus.connection);
    await manager.streams.delete(STREAM);
    await manager.streams.add({ name: STREAM, subjects: ['relay.discovery.>'] });
    for (let count = 0; count < 3; count += 1) await open.bus.connection.request('relay.discovery.x', '{}');
    await manager.streams.purge(STREAM);
    await expect(startRelay(open.bus, store).ended).rejects.toMatchObject({
      code: 'corrupt',
      message: expect.stringMatching(/DISCOVERY is empty but held 3 messages.*made anew from the event store/),
    });
    for (let count = 0; count < 3; count += 1) await open.bus.connection.request('relay.discovery.x', '{}');
    await expect(startRelay(open.bus, store).ended).rejects.toMatchObject({
      code: 'corrupt',
      message: expect.stringContaining('comes from urn:meshery:service:discovery'),
    });
    await manager.streams.deleteMessage(STREAM, 6);
    await open.bus.connection.request('relay.discovery.x', '{}');
    await manager.streams.deleteMessage(STREAM, 7);
    await expect(startRelay(open.bus, store).ended).rejects.toMatchObject({ code: 'corrupt' });
  });

  it('refuses an event store that does not hold the event it last published', async () => {
    await using open = await startOpenNats();
    await using store = createInMemoryEventStore();
    await record(store, 1, 10);
    {
      await using relay = startRelay(open.bus, store);
      await eventually(() => relay.status()?.lastSequence === 10);
    }
    await using restored = createInMemoryEventStore();
    await record(restored, 1, 10);
    await expect(startRelay(open.bus, restored).ended).rejects.toMatchObject({ code: 'corrupt' });
  });

  it('is not misled by what somebody else put at the end of its stream', async () => {
    await using open = await startOpenNats();
    await using store = createInMemoryEventStore();
    const manager = await jetstreamManager(open.bus.connection);
    const ids = await record(store, 1, 3);
    {
      await using relay = startRelay(open.bus, store);
      await eventually(() => relay.status()?.lastSequence === 3);
    }
    const foreign = headers();
    foreign.set('Nats-Msg-Id', 'foreign');
    foreign.set('Mooring-Position', '999999');
    await open.bus.connection.request('relay.discovery.x', '{}', { headers: foreign, timeout: 2_000 });
    const later = await record(store, 4, 5);
    await using relay = startRelay(open.bus, store);
    await eventually(() => relay.status()?.lastSequence === 6);
    expect(await idsIn(manager)).toEqual([...ids, 'foreign', ...later]);
  });

  it('marks its messages so that no consumer can have them copied into another stream, or again into its own', async () => {
    await using open = await startOpenNats();
    await using store = createInMemoryEventStore();
    const manager = await jetstreamManager(open.bus.connection);
    await record(store, 1, 3);
    await using relay = startRelay(open.bus, store);
    await eventually(() => relay.status()?.lastSequence === 3);
    for (const reply of ['relay.connections.connection.registered.x', 'relay.discovery.watch.begun.x'])
      open.bus.connection.publish(
        '$JS.API.CONSUMER.MSG.NEXT.DISCOVERY.connections-from-discovery',
        JSON.stringify({ batch: 1 }),
        { reply },
      );
    await eventually(async () => {
      const info = await manager.consumers.info(STREAM, 'connections-from-discovery');
      expect(info.delivered.stream_seq).toBe(2);
    });
    expect((await manager.streams.info('CONNECTIONS')).state.last_seq).toBe(0);
    expect((await manager.streams.info(STREAM)).state.last_seq).toBe(3);
  });

  it('waits for a stream that is not there yet, and while a full one takes nothing', async () => {
    await using open = await startOpenNats();
    await using store = createInMemoryEventStore();
    const manager = await jetstreamManager(open.bus.connection);
    await manager.streams.delete(STREAM);
    await record(store, 1, 20);
    await using relay = startRelay(open.bus, store);
    await eventually(() => relay.status()?.state === 'waiting');
    await provision(open.bus, topology());
    await eventually(() => relay.status()?.lastSequence === 20, { timeoutMs: 20_000 });

    await manager.streams.update(STREAM, { max_msgs: 25 });
    await record(store, 21, 40);
    await eventually(() => relay.status()?.reason?.includes('maximum messages exceeded') ?? false);
    expect((await manager.streams.info(STREAM)).state.last_seq).toBe(25);
    await manager.streams.update(STREAM, { max_msgs: -1 });
    await eventually(() => relay.status()?.lastSequence === 40, { timeoutMs: 20_000 });
  });

  it('ends with what the mapping threw, and publishes nothing after it', async () => {
    await using open = await startOpenNats();
    await using store = createInMemoryEventStore();
    await record(store, 1, 5);
    const ended = runRelay({
      bus: open.bus,
      producer: 'discovery',
      store,
      prefixes: ['watch-'],
      signal: new AbortController().signal,
      toCloudEvent(stored) {
        if (stored.data['epoch'] === 3) throw new Error('a bug in publications');
        return stored.data['epoch'] === 1 ? undefined : toCloudEvent(stored);
      },
    });
    await expect(ended).rejects.toThrow('a bug in publications');
    const manager = await jetstreamManager(open.bus.connection);
    expect((await manager.streams.info(STREAM)).state.last_seq).toBe(1);
  });
});

describe('a bus', () => {
  it('says when its connection is lost and when it is back', async () => {
    await using open = await startOpenNats();
    await using bus = await connectBus({ servers: open.nats.url, name: 'watched' });
    const told: string[] = [];
    bus.onDisconnect(() => told.push('lost'));
    bus.onReconnect(() => told.push('back'));
    await open.nats.crash();
    await eventually(() => bus.status().state === 'reconnecting');
    await open.nats.restart();
    await eventually(() => bus.status().state === 'connected');
    expect(told).toEqual(['lost', 'back']);
  });
});
