import { jest } from '@jest/globals';
import { ChangesDropped } from '@mooring/contracts';
import { delay, Failure, randomUuid } from '@mooring/kernel';
import { eventually } from '@mooring/testing';
import { jetstreamManager, type JetStreamManager } from '@nats-io/jetstream';
import {
  provision,
  runOutbox,
  topology,
  type Bus,
  type HeldMessage,
  type OutboxStatus,
  type OutboxStore,
  type OutgoingMessage,
} from '../src/index.ts';
import { startOpenNats } from './harness.ts';

jest.setTimeout(60_000);

const STREAM = 'INVENTORY';
const SUBJECTS = [randomUuid(), randomUuid(), randomUuid()];

/** An outbox in memory that notes what it is told. */
function createOutbox() {
  const waiting: OutgoingMessage[] = [];
  const numbers = new Map<string, bigint>();
  const told = { unknown: [] as HeldMessage[], lost: [] as number[][] };
  let position = 0;
  let places = 0n;
  const takeOut = (held: readonly HeldMessage[]): HeldMessage[] => {
    const unknown: HeldMessage[] = [];
    for (const message of held) {
      const index = waiting.findIndex(({ id }) => id === message.id);
      if (index < 0) unknown.push(message);
      else waiting.splice(index, 1);
    }
    return unknown;
  };
  const store: OutboxStore = {
    position: () => Promise.resolve(position),
    waiting: (inHand, max) => Promise.resolve(waiting.filter(({ place }) => !inHand.includes(place)).slice(0, max)),
    take(held, from, to) {
      if (from !== position) return Promise.reject(new Failure('conflict', 'somebody else publishes'));
      position = to;
      takeOut(held);
      return Promise.resolve();
    },
    recognise(found, _from, to) {
      position = to;
      told.unknown.push(...takeOut(found));
      return Promise.resolve();
    },
    lost(from, to) {
      position = to;
      told.lost.push([from, to]);
      return Promise.resolve();
    },
  };
  return {
    store,
    told,
    waiting,
    /** The next message of a subject; gives its number in the subject, as text. */
    put(subject: string): string {
      const number = (numbers.get(subject) ?? 0n) + 1n;
      numbers.set(subject, number);
      places += 1n;
      const data = new TextEncoder().encode(JSON.stringify({ number: Number(number) }));
      waiting.push({ place: places, id: randomUuid(), type: ChangesDropped.type, subject, number, data });
      return `${subject} ${number}`;
    },
  };
}

function startPublishing(bus: Bus, store: OutboxStore) {
  const stopping = new AbortController();
  let status: OutboxStatus | undefined;
  const ended = runOutbox({
    ...{ bus, store, signal: stopping.signal, ackTimeoutMs: 1_000 },
    more: (signal) => delay(10, signal),
    onStatus: (now) => (status = now),
  });
  return {
    status: () => status,
    async [Symbol.asyncDispose]() {
      stopping.abort();
      await ended;
    },
  };
}

/** Subject and number of everything that the stream holds, in order. */
async function held(manager: JetStreamManager): Promise<string[]> {
  const { state } = await manager.streams.info(STREAM);
  const found: string[] = [];
  for (let seq = Math.max(1, state.first_seq); seq <= state.last_seq; seq += 1) {
    const message = await manager.streams.getMessage(STREAM, { seq });
    if (message !== null)
      found.push(
        `${message.subject.slice(message.subject.lastIndexOf('.') + 1)} ${message.header.get('Mooring-Number')}`,
      );
  }
  return found;
}

const of = (subject: string, all: readonly string[]) => all.filter((one) => one.startsWith(subject));

describe('the outbox', () => {
  it('is published in order and once while NATS is killed again and again', async () => {
    await using open = await startOpenNats();
    const outbox = createOutbox();
    const put: string[] = [];
    const fill = (count: number): void => {
      for (let index = 0; index < count; index += 1) for (const subject of SUBJECTS) put.push(outbox.put(subject));
    };
    {
      await using publishing = startPublishing(open.bus, outbox.store);
      for (let round = 0; round < 3; round += 1) {
        fill(100);
        await eventually(() => outbox.waiting.length < 250);
        await open.nats.crash();
        fill(20);
        await open.nats.restart();
        await eventually(() => outbox.waiting.length === 0, { timeoutMs: 20_000 });
      }
      expect(publishing.status()).toMatchObject({ state: 'publishing', lastSequence: put.length });
    }
    const all = await held(await jetstreamManager(open.bus.connection));
    for (const subject of SUBJECTS) expect(of(subject, all)).toEqual(of(subject, put));
    expect(outbox.told.unknown).toEqual([]);
    const first = await (await jetstreamManager(open.bus.connection)).streams.getMessage(STREAM, { seq: 1 });
    expect(first?.subject).toBe(`events.inventory.changes.dropped.${SUBJECTS[0]}`);
  });

  it('is taken out when its publisher was killed between storing and taking out, and nothing is stored twice', async () => {
    await using open = await startOpenNats();
    const manager = await jetstreamManager(open.bus.connection);
    const outbox = createOutbox();
    const put = Array.from({ length: 90 }, () => outbox.put(SUBJECTS[0] ?? ''));
    {
      const never = () => Promise.reject(new Failure('unavailable', 'killed'));
      await using publishing = startPublishing(open.bus, { ...outbox.store, take: never, recognise: never });
      await eventually(async () => (await manager.streams.info(STREAM)).state.messages > 30);
      await eventually(() => publishing.status()?.state === 'waiting');
    }
    expect(outbox.waiting.length).toBe(90);
    await using again = startPublishing(open.bus, outbox.store);
    await eventually(() => outbox.waiting.length === 0);
    expect(again.status()?.lastSequence).toBe(90);
    expect(await held(manager)).toEqual(put);
    expect(outbox.told).toEqual({ unknown: [], lost: [] });
  });

  it('is told of what the stream holds and it does not know', async () => {
    await using open = await startOpenNats();
    const before = createOutbox();
    const [subject = ''] = SUBJECTS;
    before.put(subject);
    before.put(subject);
    {
      await using publishing = startPublishing(open.bus, before.store);
      await eventually(() => before.waiting.length === 0 && publishing.status()?.lastSequence === 2);
    }
    const older = createOutbox();
    await using publishing = startPublishing(open.bus, older.store);
    await eventually(() => older.told.unknown.length === 2 && publishing.status()?.state === 'publishing');
    expect(older.told.unknown).toEqual([
      expect.objectContaining({ subject, number: 1n, sequence: 1 }),
      expect.objectContaining({ subject, number: 2n, sequence: 2 }),
    ]);
  });

  it('is told when the stream lost what it had acknowledged, and goes on', async () => {
    await using open = await startOpenNats();
    const manager = await jetstreamManager(open.bus.connection);
    const outbox = createOutbox();
    await using publishing = startPublishing(open.bus, outbox.store);
    outbox.put(SUBJECTS[0] ?? '');
    await eventually(() => outbox.waiting.length === 0);
    await manager.streams.delete(STREAM);
    const late = outbox.put(SUBJECTS[0] ?? '');
    await eventually(() => publishing.status()?.state === 'waiting');
    await provision(open.bus, topology());
    await eventually(() => outbox.waiting.length === 0, { timeoutMs: 20_000 });
    expect(outbox.told.lost).toEqual([[1, 0]]);
    expect(await held(manager)).toEqual([late]);
  });
});
