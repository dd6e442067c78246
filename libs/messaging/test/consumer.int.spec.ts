import { jest } from '@jest/globals';
import { jetstreamManager } from '@nats-io/jetstream';
import { WatchBegun, encodeStructured, type CloudEvent } from '@mooring/contracts';
import { Failure, randomUuid } from '@mooring/kernel';
import { eventually } from '@mooring/testing';
import {
  createConsumer,
  discardDeadLetter,
  listDeadLetters,
  redriveDeadLetter,
  redriveSourceOf,
  sourceOf,
  type Bus,
  type ConsumerOptions,
  type Delivery,
} from '../src/index.ts';
import { cloudEvent, epochOf, publish } from './events.ts';
import { startOpenNats } from './harness.ts';

jest.setTimeout(60_000);

const SOURCE = sourceOf({ consumer: 'connections', producer: 'discovery' });
const FAST = { triesMax: 4, bugTriesMax: 2, outageTriesMax: 100, delayMinMs: 20, delayMaxMs: 40, outageDelayMaxMs: 40 };

/** A consumer that remembers what it handled, as `<name>:<number>`, and fails as told. */
function startConsumer(bus: Bus, options: Partial<ConsumerOptions> & { names?: Map<string, string> } = {}) {
  const handled: string[] = [];
  const tried: string[] = [];
  const deliveries: Delivery[] = [];
  const labelOf = (event: CloudEvent): string => `${options.names?.get(event.subject) ?? ''}${epochOf(event)}`;
  const consumer = createConsumer({
    bus,
    consumer: 'connections',
    sources: [SOURCE, redriveSourceOf('connections')],
    wanted: (type) => type === WatchBegun.type,
    policy: FAST,
    ...options,
    async handle(event, delivery) {
      tried.push(labelOf(event));
      deliveries.push(delivery);
      await options.handle?.(event, delivery);
      handled.push(labelOf(event));
    },
  });
  return { handled, tried, deliveries, consumer, [Symbol.asyncDispose]: () => consumer.close(1_000) };
}

const ackPending = async (bus: Bus): Promise<number> => {
  const { num_ack_pending, num_pending } = await (
    await jetstreamManager(bus.connection)
  ).consumers.info(SOURCE.stream, SOURCE.durable);
  return num_ack_pending + num_pending;
};

describe('a consumer', () => {
  it('handles every message and acknowledges it when its handler has resolved, not before', async () => {
    await using open = await startOpenNats();
    const id = randomUuid();
    const gate = Promise.withResolvers<undefined>();
    await using running = startConsumer(open.bus, { handle: () => gate.promise.then(() => undefined) });
    await publish(open.bus, cloudEvent(id, 1));
    await eventually(() => running.tried.length === 1);
    expect(await ackPending(open.bus)).toBe(1);
    gate.resolve(undefined);
    await eventually(async () => (await ackPending(open.bus)) === 0);
    expect(running.handled).toEqual(['1']);
    expect(running.deliveries[0]).toMatchObject({
      stream: 'DISCOVERY',
      sequence: 1,
      deliveries: 1,
      tries: 1,
      redriven: false,
    });
  });

  it('keeps the order of an aggregate while one of its messages is tried again, and lets others go on', async () => {
    await using open = await startOpenNats();
    const [a, b] = [randomUuid(), randomUuid()];
    const names = new Map([
      [a, 'a'],
      [b, 'b'],
    ]);
    let refusals = 3;
    await using running = startConsumer(open.bus, {
      names,
      handle: (event) => {
        if (event.subject !== a || epochOf(event) !== 1 || refusals === 0) return Promise.resolve();
        refusals -= 1;
        return Promise.reject(new Failure('conflict', 'another writer'));
      },
    });
    for (const epoch of [1, 2, 3]) for (const id of [a, b]) await publish(open.bus, cloudEvent(id, epoch));
    await eventually(() => running.handled.length === 6);
    expect(running.handled.filter((label) => label.startsWith('a'))).toEqual(['a1', 'a2', 'a3']);
    expect(running.handled.filter((label) => label.startsWith('b'))).toEqual(['b1', 'b2', 'b3']);
    expect(running.tried.filter((label) => label === 'a1')).toHaveLength(4);
    expect(running.handled.indexOf('b3')).toBeLessThan(running.handled.indexOf('a1'));
    expect(await listDeadLetters(open.bus)).toEqual([]);
  });

  it('parks a poisoned message, which blocks its aggregate for its tries and nothing else, and takes it back redriven', async () => {
    await using open = await startOpenNats();
    const [a, b] = [randomUuid(), randomUuid()];
    let broken = true;
    await using running = startConsumer(open.bus, {
      names: new Map([
        [a, 'a'],
        [b, 'b'],
      ]),
      handle: (event) =>
        broken && event.subject === a && epochOf(event) === 1
          ? Promise.reject(new TypeError('a bug'))
          : Promise.resolve(),
    });
    const poisoned = cloudEvent(a, 1);
    await publish(open.bus, poisoned);
    await publish(open.bus, cloudEvent(a, 2));
    await publish(open.bus, cloudEvent(b, 1));
    await eventually(() => expect(running.handled.toSorted()).toEqual(['a2', 'b1']));

    const [letter, ...others] = await listDeadLetters(open.bus, { consumer: 'connections' });
    expect(others).toEqual([]);
    expect(letter).toMatchObject({
      consumer: 'connections',
      subject: `events.discovery.watch.begun.${a}`,
      reason: 'bug: a bug',
      deliveries: 1,
      tries: 2,
      originalStream: 'DISCOVERY',
      originalSequence: 1,
      data: encodeStructured(poisoned),
    });
    expect(await listDeadLetters(open.bus, { consumer: 'discovery' })).toEqual([]);

    broken = false;
    await redriveDeadLetter(open.bus, letter!.sequence);
    await eventually(() => running.handled.includes('a1'));
    expect(running.deliveries.at(-1)).toMatchObject({ redriven: true, subject: `events.discovery.watch.begun.${a}` });
    expect(await listDeadLetters(open.bus)).toEqual([]);
    await expect(redriveDeadLetter(open.bus, letter!.sequence)).rejects.toMatchObject({ code: 'not-found' });
  });

  it('leaves nothing of what was redriven and handled', async () => {
    await using open = await startOpenNats();
    let broken = true;
    await using running = startConsumer(open.bus, {
      handle: () => (broken ? Promise.reject(new Failure('invalid', 'not yet')) : Promise.resolve()),
    });
    for (let count = 0; count < 3; count += 1) await publish(open.bus, cloudEvent(randomUuid(), 1));
    const letters = await eventually(async () => {
      const found = await listDeadLetters(open.bus);
      return found.length === 3 ? found : false;
    });
    broken = false;
    const manager = await jetstreamManager(open.bus.connection);
    const kept = async (): Promise<readonly string[]> => {
      const { state } = await manager.streams.info('DEAD_LETTERS', { subjects_filter: '>' });
      return Object.keys(state.subjects ?? {});
    };
    for (const [index, { sequence }] of letters.entries()) {
      await redriveDeadLetter(open.bus, sequence);
      await eventually(async () => {
        expect(running.handled).toHaveLength(index + 1);
        const redrive = redriveSourceOf('connections');
        expect((await manager.consumers.info(redrive.stream, redrive.durable)).num_ack_pending).toBe(0);
      });
    }
    // The last one may still stand there; it goes with the next.
    expect((await kept()).length).toBeLessThanOrEqual(1);
  });

  it('parks again what fails again, with where it first came from; it can be discarded', async () => {
    await using open = await startOpenNats();
    await using running = startConsumer(open.bus, { handle: () => Promise.reject(new Failure('invalid', 'never')) });
    await publish(open.bus, cloudEvent(randomUuid(), 1));
    const letterAfter = (after: number) =>
      eventually(async () => (await listDeadLetters(open.bus, { after }))[0] ?? false);
    const first = await letterAfter(0);
    await redriveDeadLetter(open.bus, first.sequence);
    const second = await letterAfter(first.sequence);
    expect(second).toMatchObject({
      reason: 'invalid: never',
      originalStream: 'DISCOVERY',
      originalSequence: 1,
      tries: 1,
    });
    expect(running.handled).toEqual([]);
    await discardDeadLetter(open.bus, second.sequence);
    expect(await listDeadLetters(open.bus)).toEqual([]);
  });

  it('acknowledges unknown types, and parks what is malformed, against its schema or of a newer version', async () => {
    await using open = await startOpenNats();
    const id = randomUuid();
    const event = cloudEvent(id, 1);
    const occurrences: string[] = [];
    await using running = startConsumer(open.bus, { report: ({ kind }) => void occurrences.push(kind) });
    const text = new TextEncoder();
    await publish(open.bus, event, text.encode('{ not json'));
    await publish(open.bus, event, encodeStructured({ ...event, type: 'io.meshery.discovery.watch.paused.v1' }));
    await publish(open.bus, event, encodeStructured({ ...event, type: 'io.meshery.discovery.watch.begun.v2' }));
    await publish(open.bus, event, encodeStructured({ ...event, data: { connectionId: id } }));
    await publish(open.bus, cloudEvent(id, 5));
    await eventually(() => expect(running.handled).toEqual(['5']));
    expect(occurrences).toEqual(['parked', 'unknown-type', 'parked', 'parked']);
    const reasons = (await listDeadLetters(open.bus)).map(({ reason }) => reason);
    expect(reasons).toEqual([
      expect.stringContaining('not UTF-8 JSON'),
      expect.stringContaining('is newer than'),
      expect.stringContaining('epoch'),
    ]);
    expect(await ackPending(open.bus)).toBe(0);
  });

  it('hands out again, in order, what it had in hand when it died, before anything newer', async () => {
    await using open = await startOpenNats();
    const dying = await open.connect('dying');
    const id = randomUuid();
    const never = new Promise<void>(() => undefined);
    const first = startConsumer(dying, { handle: (event) => (epochOf(event) === 2 ? never : Promise.resolve()) });
    for (const epoch of [1, 2, 3]) await publish(open.bus, cloudEvent(id, epoch));
    await eventually(() => expect(first.tried).toEqual(['1', '2']));
    await dying.connection.close();
    await publish(open.bus, cloudEvent(id, 4));
    await using second = startConsumer(open.bus);
    await eventually(() => expect(second.handled.slice(-3)).toEqual(['2', '3', '4']));
    await first.consumer.close(0);
  });

  it('gives back at once what it has not finished when it closes', async () => {
    await using open = await startOpenNats();
    const id = randomUuid();
    const first = startConsumer(open.bus, {
      handle: (_event, { signal }) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => reject(new Error('stopping')), { once: true });
        }),
    });
    for (const epoch of [1, 2, 3]) await publish(open.bus, cloudEvent(id, epoch));
    await eventually(() => first.tried.length === 1);
    await first.consumer.close(1_000);
    await using second = startConsumer(open.bus);
    await eventually(() => expect(second.handled).toEqual(['1', '2', '3']));
    expect(await listDeadLetters(open.bus)).toEqual([]);
  });

  it('loses nothing when NATS is killed in the middle, and handles no aggregate out of its order', async () => {
    await using open = await startOpenNats();
    const ids = [randomUuid(), randomUuid(), randomUuid()];
    const names = new Map(ids.map((id, index) => [id, 'abc'[index] ?? '']));
    await using running = startConsumer(open.bus, {
      names,
      handle: () => new Promise((resolve) => setTimeout(resolve, 2)),
    });
    for (let epoch = 1; epoch <= 100; epoch += 1) for (const id of ids) await publish(open.bus, cloudEvent(id, epoch));
    await eventually(() => running.handled.length > 30);
    await open.nats.crash();
    await open.nats.restart();
    await open.bus.whenConnected(new AbortController().signal);
    for (const id of ids) await publish(open.bus, cloudEvent(id, 101));
    await eventually(() => ids.every((id) => running.handled.includes(`${names.get(id) ?? ''}101`)), {
      timeoutMs: 40_000,
    });
    for (const name of names.values()) {
      const own = running.handled.filter((label) => label.startsWith(name)).map((label) => Number(label.slice(1)));
      const firstSeen = [...new Set(own)];
      expect(firstSeen).toEqual(Array.from({ length: 101 }, (_none, index) => index + 1));
    }
  });

  it('waits out an outage of what its handlers need', async () => {
    await using open = await startOpenNats();
    let down = true;
    await using running = startConsumer(open.bus, {
      handle: () => (down ? Promise.reject(new Failure('unavailable', 'no database')) : Promise.resolve()),
    });
    await publish(open.bus, cloudEvent(randomUuid(), 1));
    await eventually(() => running.tried.length > FAST.triesMax + 2);
    down = false;
    await eventually(() => running.handled.length === 1);
    expect(await listDeadLetters(open.bus)).toEqual([]);
  });
});
