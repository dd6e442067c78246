import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually, temporaryFolder } from '@mooring/testing';
import { cp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { at, factsOf } from './facts.ts';
import { enter } from './kubeconfigs.ts';
import { readinessOf, untilReady } from './proxied.ts';
import { startWorld, type World } from './world.ts';

let world: World;

beforeAll(async () => {
  world = await startWorld();
}, 60_000);

afterAll(async () => {
  await world[Symbol.asyncDispose]();
}, 60_000);

/** Puts the event store's files in place of what is there, as somebody who restores a backup. */
async function put(from: string): Promise<void> {
  const data = join(world.eventStoreNode.dataFolder, 'data');
  await rm(data, { recursive: true });
  await cp(from, data, { recursive: true });
}

const copyTo = (folder: string): Promise<void> =>
  cp(join(world.eventStoreNode.dataFolder, 'data'), folder, { recursive: true });

describe('an event store that was put back to an older copy', () => {
  it('is refused with what to do, nothing is recorded in it, and all goes on with the copy that matches', async () => {
    await using folder = await temporaryFolder();
    const [older, newer] = [join(folder.path, 'older'), join(folder.path, 'newer')];
    let id: string;
    {
      await using service = await world.start();
      id = await enter(service, world);
      await world.eventStoreNode.stop();
      await copyTo(older);
      await world.eventStoreNode.restart();
      await factsOf(world, id).seen(at(1, 1));
      await world.until(id, 'ConnectionRegistered');
      await eventually(async () => {
        expect((await service.call('GET', `/api/connections/${id}`)).body).toMatchObject({ state: 'registered' });
      });
      await untilReady(service);
      await world.eventStoreNode.stop();
      await copyTo(newer);
      await put(older);
      await world.eventStoreNode.restart();

      for (const part of ['relay', 'projection connections_view']) {
        await eventually(
          async () =>
            expect(await readinessOf(service, part)).toMatchObject({
              ready: false,
              message: expect.stringMatching(/restored from an older copy.*Restore the copy that matches, or drop/),
            }),
          { timeoutMs: 15_000 },
        );
      }
      expect((await service.call('GET', '/livez')).status).toBe(200);
      const before = await world.eventsOf(id);
      const refused = await service.call('POST', `/api/connections/${id}/delete`);
      expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, expect.stringMatching(/^\d+$/)]);
      await factsOf(world, id).lost(at(2, 3));
      expect(await world.eventsOf(id)).toEqual(before);
      expect(await world.deadLetters()).toEqual([]);
    }
    await world.eventStoreNode.stop();
    await put(newer);
    await world.eventStoreNode.restart();
    await using service = await world.start();
    await untilReady(service, 15_000);
    // What was said meanwhile was kept for it.
    await world.until(id, 'ConnectionNotFound');
  }, 90_000);
});
