import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { CloudEvent } from '@mooring/contracts';
import { randomUuid } from '@mooring/kernel';
import type { InProcessService } from '@mooring/service-host';
import { eventually, temporaryFolder } from '@mooring/testing';
import { cp, rm } from 'node:fs/promises';
import { factsOf, range } from './facts.ts';
import { startWorld, type World } from './world.ts';

let world: World;
let service: InProcessService;

beforeAll(async () => {
  world = await startWorld();
  service = await world.start();
}, 60_000);

afterAll(async () => {
  await service[Symbol.asyncDispose]();
  await world[Symbol.asyncDispose]();
}, 60_000);

const wholeLog = async (): Promise<readonly { readonly number: number; readonly event: CloudEvent }[]> =>
  (await world.log.after(0n, 1_000_000)).map(({ id, event }) => ({
    number: Number(id),
    event: event as unknown as CloudEvent,
  }));

/** The ids of what the log has about a thing; the service's own notifications of it are there too. */
const logged = async (subject: string): Promise<readonly string[]> =>
  (await wholeLog()).filter(({ event }) => event.subject === subject).map(({ event }) => event.id);

/** The producer's connection comes back on its own; what it says again until then changes nothing. */
async function sayWhenBack([first, ...others]: readonly CloudEvent[]): Promise<void> {
  if (first !== undefined) await eventually(() => world.say('connections', [first]), { timeoutMs: 40_000 });
  await world.say('connections', others);
}

const untilLogged = (subject: string, count: number): Promise<unknown> =>
  eventually(async () => expect(await logged(subject)).toHaveLength(count), { timeoutMs: 20_000 });

describe('JetStream that lost its last messages in a power cut', () => {
  it('and gets them again from the relay: each is in the log once, without a gap, and counted once', async () => {
    const thing = randomUuid();
    const failures = range(60).map((sequence) => factsOf(thing).failure(sequence));
    await using copy = await temporaryFolder();
    await world.say('connections', failures.slice(0, 20));
    await untilLogged(thing, 20);
    await world.nats.stop();
    await cp(world.nats.dataFolder, copy.path, { recursive: true });
    await world.nats.restart();

    // Stored, acknowledged, handled; and then the disk is as it was before.
    await sayWhenBack(failures.slice(20, 40));
    await untilLogged(thing, 40);
    await world.nats.crash();
    await rm(`${world.nats.dataFolder}/jetstream`, { recursive: true });
    await cp(`${copy.path}/jetstream`, `${world.nats.dataFolder}/jetstream`, { recursive: true });
    await world.nats.restart();

    // What a relay does then: the same again, at the same sequences, and after it what is new.
    await sayWhenBack(failures.slice(20, 60));
    await untilLogged(thing, 60);
    expect(await logged(thing)).toEqual(failures.map(({ id }) => id));
    await eventually(
      async () => expect((await world.notificationOf(thing)).at(-1)?.data).toMatchObject({ count: 60, sequence: '59' }),
      { timeoutMs: 20_000 },
    );
    const entries = await wholeLog();
    expect(entries.map(({ number }) => number)).toEqual(range(entries.length, 1));
    expect(new Set(entries.map(({ event }) => event.id)).size).toBe(entries.length);
  }, 120_000);
});
