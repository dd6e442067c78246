import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { CloudEvent, EventPage, NotificationPage } from '@mooring/contracts';
import { randomUuid } from '@mooring/kernel';
import { compareWithReplay } from '@mooring/read-model';
import { configTable, fullSpec, type InProcessService } from '@mooring/service-host';
import { eventually } from '@mooring/testing';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { viewProjection } from '../src/adapters/view.projection.ts';
import { notificationIdOf } from '../src/aggregates.ts';
import { notificationsService } from '../src/service.ts';
import { factsOf, range } from './facts.ts';
import { listen } from './live.ts';
import { startWorld, type World } from './world.ts';

const NOBODY = '00000000-0000-4000-8000-000000000000';

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

/** The whole log, oldest first. */
async function wholeLog(): Promise<readonly { readonly number: number; readonly event: CloudEvent }[]> {
  const entries = await world.log.after(0n, 1_000_000);
  return entries.map(({ id, event }) => ({ number: Number(id), event: event as unknown as CloudEvent }));
}

const logged = async (subject: string): Promise<readonly CloudEvent[]> =>
  (await wholeLog()).map(({ event }) => event).filter((event) => event.subject === subject);

const until = (condition: () => Promise<boolean>): Promise<true> => eventually(condition, { timeoutMs: 30_000 });

describe('the log', () => {
  it('has everything on the bus once, in order per aggregate, under numbers without gaps, although it came twice', async () => {
    const things = range(10).map(() => factsOf(randomUuid()));
    const said = things.map((facts) => range(20).map((sequence) => facts.connected(sequence)));
    const watched = things.map((facts) => range(5).map((sequence) => facts.watched(sequence)));
    for (const sequence of range(20)) {
      await world.say(
        'connections',
        said.flatMap((events) => events[sequence] ?? []),
      );
      await world.say(
        'connections',
        said.flatMap((events) => events[Math.floor(sequence / 2)] ?? []),
      );
    }
    await world.say('discovery', [...watched.flat(), ...watched.flat()]);
    const ids = [...said, ...watched].flat().map(({ id }) => id);
    await until(async () => {
      const there = new Set((await wholeLog()).map(({ event }) => event.id));
      return ids.every((id) => there.has(id));
    });
    const all = await wholeLog();
    expect(all.map(({ number }) => number)).toEqual(range(all.length, 1));
    expect(new Set(all.map(({ event }) => `${event.source} ${event.id}`)).size).toBe(all.length);
    for (const events of [...said, ...watched]) {
      const own = all.filter(({ event }) => events.some(({ id }) => id === event.id));
      expect(own.map(({ event }) => event)).toEqual(events);
    }
    // Two producers tell of it, and which of them is heard first is nobody's promise.
    const { subject, type } = said[0]![0]!;
    const { body } = await service.call('GET', `/api/events?subject=${subject}&type=${type}&limit=3&order=oldest`);
    expect((body as EventPage).items.map(({ event }) => event['sequence'])).toEqual(['0', '1', '2']);
  }, 40_000);

  it('is followed live without a gap or a repeat, by clients that come, go and come back while it grows', async () => {
    const connectionId = randomUuid();
    const facts = factsOf(connectionId);
    const begin = await world.log.head();
    const writing = (async () => {
      for (const sequence of range(60)) await world.say('connections', [facts.connected(sequence)]);
    })();
    const ids: number[] = [];
    let last = begin.toString();
    await using watcher = await listen(service, last);
    while (ids.length < 60) {
      await using client = await listen(service, last);
      await eventually(() => client.messages.length >= Math.min(7, 60 - ids.length));
      ids.push(...client.messages.map(({ id }) => id));
      last = String(ids.at(-1));
    }
    await writing;
    expect(ids).toEqual(range(ids.length, Number(begin) + 1));
    await eventually(() => watcher.messages.length === ids.length);
    expect(watcher.messages.map(({ id }) => id)).toEqual(ids);
    const own = watcher.messages.map(({ data }) => JSON.parse(data) as CloudEvent);
    expect(own.map(({ sequence }) => sequence)).toEqual(range(60).map(String));
  }, 40_000);

  it('says reset to a client whose id it never gave out', async () => {
    await using client = await listen(service, '999999999');
    await eventually(() => client.messages.length === 1);
    expect(client.messages[0]).toMatchObject({ event: 'reset', id: Number(await world.log.head()) });
  });
});

describe('a notification', () => {
  it('is one for ten thousand failures of one thing, with their count and few events', async () => {
    const connectionId = randomUuid();
    const facts = factsOf(connectionId);
    await world.say(
      'connections',
      range(10_000).map((sequence) => facts.failure(sequence)),
    );
    await until(async () => {
      const last = (await world.notificationOf(connectionId)).at(-1);
      return last?.type === 'NotificationRepeated' && last.data.sequence === '9999';
    });
    const recorded = await world.notificationOf(connectionId);
    expect(recorded.at(-1)?.data).toMatchObject({ count: 10_000 });
    expect(recorded.filter(({ type }) => type === 'NotificationRaised')).toHaveLength(1);
    expect(recorded.length).toBeLessThan(2_000);
    await eventually(async () => {
      const { body } = await service.call('GET', `/api/notifications?actedUpon=${connectionId}`);
      expect((body as NotificationPage).items).toMatchObject([
        { status: 'open', count: 10_000, severityText: 'error' },
      ]);
    });
    await world.say('connections', [facts.connected(10_000), facts.failure(10_001)]);
    await until(async () => (await world.notificationOf(connectionId)).at(-1)?.type === 'NotificationRaised');
  }, 60_000);

  it('is acknowledged over HTTP, once, by whom', async () => {
    const connectionId = randomUuid();
    await world.say('connections', [factsOf(connectionId).failure(0)]);
    await until(async () => (await world.notificationOf(connectionId)).length === 1);
    const path = `/api/notifications/${notificationIdOf(connectionId)}`;
    const [first, second] = [
      await service.call('POST', `${path}/acknowledge`),
      await service.call('POST', `${path}/acknowledge`),
    ];
    expect(first).toMatchObject({ status: 200, body: { status: 'acknowledged', revision: '1' } });
    expect(second).toMatchObject({ status: 200, body: { status: 'acknowledged', revision: '1', recorded: [] } });
    await eventually(async () => {
      const { body } = await service.call('GET', path);
      expect(body).toMatchObject({ status: 'acknowledged', acknowledgedBy: service.userId });
    });
    expect(await world.notificationOf(connectionId)).toHaveLength(2);
    await until(async () => (await logged(notificationIdOf(connectionId))).length === 2);
  }, 20_000);

  it.each([
    ['GET', `/api/notifications/${NOBODY}`, 404],
    ['POST', `/api/notifications/${NOBODY}/acknowledge`, 404],
    ['GET', '/api/notifications/x', 400],
    ['GET', '/api/notifications?status=asleep', 400],
    ['GET', '/api/notifications?cursor=abc', 400],
    ['GET', '/api/notifications?actedUpon=%00', 400],
    ['GET', '/api/events?cursor=abc', 400],
    ['GET', '/api/events?subject=a%00b', 400],
    ['GET', '/api/events?type=%00*', 400],
    ['GET', '/api/events?traceId=xyz', 400],
    ['GET', '/api/events?severityMax=9', 400],
  ])('%s %s is answered with problem details: %s', async (method, path, status) => {
    expect(await service.call(method, path)).toMatchObject({ status, body: { status } });
  });
});

describe('a service that died between the log and the notifications', () => {
  it('goes on when it is there again: nothing lost, nothing twice, neither in the log nor in the count', async () => {
    const [connectionId, other] = [randomUuid(), randomUuid()];
    await service[Symbol.asyncDispose]();
    const events = range(5).map((sequence) => factsOf(connectionId).failure(sequence));
    const more = factsOf(other).failure(0);
    // What the dead one had committed of a batch it never acknowledged.
    await world.log.write(events.slice(0, 3));
    const head = await world.log.head();
    await world.say('connections', [...events, more]);
    service = await world.start();
    await until(async () => (await world.notificationOf(other)).length === 1);
    expect((await logged(connectionId)).map(({ id }) => id)).toEqual(events.map(({ id }) => id));
    const recorded = await world.notificationOf(connectionId);
    expect(recorded.map(({ type }) => type)).toEqual(['NotificationRaised', 'NotificationRepeated']);
    expect(recorded.at(-1)?.data).toMatchObject({ count: 5, sequence: '4' });
    await using client = await listen(service, head.toString());
    await eventually(() => client.messages.length >= 3);
    expect(client.messages.slice(0, 3).map(({ id }) => id)).toEqual(range(3, Number(head) + 1));
  }, 40_000);
});

describe('the read model', () => {
  it('is what the events give, byte for byte', async () => {
    expect(await compareWithReplay({ db: world.db, store: world.store, projection: viewProjection })).toEqual([]);
  }, 20_000);
});

/** Formatting pads cells; what they say is the same. */
const squeeze = (text: string): string => text.replaceAll(/ {2,}/g, ' ').replaceAll(/-{3,}/g, '---');

describe('the README', () => {
  it('has the table of the configuration', async () => {
    const readme = await readFile(join(import.meta.dirname, '../README.md'), 'utf8');
    expect(squeeze(readme)).toContain(squeeze(configTable(fullSpec(notificationsService))));
  });
});
