import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ConnectionView } from '@mooring/contracts';
import { load } from '@mooring/event-store';
import { randomUuid } from '@mooring/kernel';
import { compareWithReplay } from '@mooring/read-model';
import type { InProcessService } from '@mooring/service-host';
import { eventually } from '@mooring/testing';
import { viewProjection } from '../src/adapters/view.projection.ts';
import { accessClaims, clusterClaims } from '../src/aggregates.ts';
import { clusterIdOf } from '../src/process/claims.ts';
import { at, factsOf } from './facts.ts';
import { completed, enter, hand, kubeconfigOf, newName } from './kubeconfigs.ts';
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

/** The way in under which a connection was entered. */
async function wayInOf(connectionId: string): Promise<{ readonly credentialId: string; readonly accessId: string }> {
  const [entered] = await world.eventsOf(connectionId);
  if (entered?.type !== 'ConnectionEntered') throw new Error(`${connectionId} was not entered`);
  return entered.data;
}

const holderOfAccess = async (accessId: string) => (await load(world.store, accessClaims, accessId)).state.holder;
const holderOfCluster = async (uid: string) => (await load(world.store, clusterClaims, clusterIdOf(uid))).state.holder;

/** A connection that is connected. */
async function connected(clusterUid: string = randomUuid()) {
  const id = await enter(service, world);
  const facts = factsOf(world, id, clusterUid);
  await facts.seen(at(1, 1));
  await facts.linked(at(2, 2));
  await world.until(id, 'ConnectionConnected');
  return { id, facts, ...(await wayInOf(id)) };
}

describe('the same kubeconfig', () => {
  it('handed in twice at once is one connection, and both imports account for it', async () => {
    const names = Array.from({ length: 5 }, newName);
    const text = kubeconfigOf(Object.fromEntries(names.map((name) => [name, {}])));
    const receipts = await Promise.all([hand(service, text), hand(service, text)]);
    const ids = receipts.flatMap(({ contexts }) => contexts.map(({ connectionId }) => connectionId ?? ''));
    const entered = await eventually(async () => {
      const states = await Promise.all(ids.map(async (id) => ((await world.eventsOf(id)).length > 0 ? [id] : [])));
      const found = states.flat();
      expect(found).toHaveLength(names.length);
      return found;
    });
    for (const id of entered) await factsOf(world, id).seen(at(1, 1));
    const views = await Promise.all(receipts.map(({ id }) => completed(service, id)));
    for (const name of names) {
      const outcomes = views.map(({ contexts }) => contexts.find(({ context }) => context === name));
      expect(outcomes.map((found) => found?.outcome).sort()).toEqual(['known', 'registered']);
      expect(new Set(outcomes.map((found) => found?.connectionId)).size).toBe(1);
    }
    await eventually(async () => {
      const kept = await world.vault.list();
      expect(ids.filter((id) => kept.some(({ connectionId }) => connectionId === id)).sort()).toEqual(
        [...entered].sort(),
      );
    });
  }, 20_000);

  it('handed in again leads to what is there, and means it registered', async () => {
    const text = kubeconfigOf({ [newName()]: {} });
    const first = await hand(service, text);
    const id = first.contexts[0]?.connectionId ?? '';
    await world.until(id, 'ConnectionEntered');
    await factsOf(world, id).seen(at(1, 1));
    await world.until(id, 'ConnectionRegistered');
    await service.call('POST', `/api/connections/${id}/disconnect`);
    const again = await hand(service, text);
    expect(await completed(service, again.id)).toMatchObject({ contexts: [{ outcome: 'known', connectionId: id }] });
    expect((await world.until(id, 'ProbeRequested')).at(-1)).toBe('ProbeRequested');
  }, 20_000);
});

describe('two ways into one cluster', () => {
  it('are one connection: the later one ends, its credential goes to the earlier one, its address redirects', async () => {
    const winner = await connected();
    const loser = await enter(service, world);
    const way = await wayInOf(loser);
    await factsOf(world, loser, winner.facts.clusterUid).seen(at(1, 1));
    await world.until(loser, 'ConnectionDeleted');
    expect(await world.until(winner.id, 'CredentialAttached')).toContain('CredentialAttached');
    await eventually(async () => expect(await holderOfAccess(way.accessId)).toBe(winner.id));
    expect(await holderOfCluster(winner.facts.clusterUid)).toBe(winner.id);
    expect(await world.vault.open(way.credentialId)).toMatchObject({ connectionId: winner.id });
    expect(await world.channel.get(way.credentialId)).toBeDefined();
    await eventually(async () => {
      const { status, headers } = await service.call('GET', `/api/connections/${loser}`);
      expect([status, headers.get('location')]).toEqual([308, `/api/connections/${winner.id}`]);
    });
    const { body } = await service.call('GET', `/api/connections/${winner.id}`);
    expect(body as ConnectionView).toMatchObject({
      state: 'connected',
      credential: { id: way.credentialId, alternatives: 1 },
    });
  }, 20_000);

  it('seen at the same moment are one connection, whoever wins', async () => {
    for (let round = 0; round < 5; round += 1) {
      const uid = randomUuid();
      const ids = await Promise.all([enter(service, world), enter(service, world), enter(service, world)]);
      await Promise.all(ids.map((id) => factsOf(world, id, uid).seen(at(1, 1))));
      const holder = await eventually(async () => {
        const last = await Promise.all(ids.map(async (id) => (await world.eventsOf(id)).map(({ type }) => type)));
        expect(last.filter((types) => types.includes('ConnectionDeleted'))).toHaveLength(2);
        expect(last.filter((types) => types.includes('ConnectionRegistered'))).toHaveLength(1);
        return ids[last.findIndex((types) => types.includes('ConnectionRegistered'))];
      });
      expect(await holderOfCluster(uid)).toBe(holder);
      const { accessId } = await wayInOf(ids[0]);
      await eventually(async () => expect(await holderOfAccess(accessId)).toBe(holder));
      const events = await world.eventsOf(holder ?? '');
      expect(events.filter(({ type }) => type === 'CredentialAttached')).toHaveLength(2);
    }
  }, 30_000);

  it('an address that leads to another cluster than before is refused, and claims nothing', async () => {
    const { id, facts } = await connected();
    const other = randomUuid();
    await factsOf(world, id, other).seen(at(2, 3));
    await world.until(id, 'ConnectionDisconnected');
    expect((await world.eventsOf(id)).at(-1)?.data.reason?.code).toBe('another-cluster');
    expect([await holderOfCluster(other), await holderOfCluster(facts.clusterUid)]).toEqual([undefined, id]);
  }, 20_000);
});

describe('delete', () => {
  it('gives up every claim and erases every credential, here and at discovery; the cluster can come back as a new connection', async () => {
    const winner = await connected();
    const loser = await enter(service, world);
    const second = await wayInOf(loser);
    await factsOf(world, loser, winner.facts.clusterUid).seen(at(1, 1));
    await world.until(loser, 'ConnectionDeleted');

    const { status } = await service.call('POST', `/api/connections/${winner.id}/delete`);
    expect(status).toBe(200);
    await eventually(async () => {
      for (const { credentialId, accessId } of [winner, second]) {
        expect(await world.vault.open(credentialId)).toBeUndefined();
        expect(await world.channel.get(credentialId)).toBeUndefined();
        expect(await holderOfAccess(accessId)).toBeUndefined();
      }
      expect(await holderOfCluster(winner.facts.clusterUid)).toBeUndefined();
    });
    const next = await connected(winner.facts.clusterUid);
    expect(await holderOfCluster(winner.facts.clusterUid)).toBe(next.id);
  }, 20_000);
});

describe('a handler that is stuck', () => {
  it('holds back its own aggregate and no other', async () => {
    const winner = await connected();
    const stuck = await enter(service, world);
    const { credentialId } = await wayInOf(stuck);
    const free = await enter(service, world);
    const release = Promise.withResolvers<undefined>();
    const locked = Promise.withResolvers<undefined>();
    const holding = world.db.transaction().execute(async (tx) => {
      await tx.selectFrom('credential').select('id').where('id', '=', credentialId).forUpdate().execute();
      locked.resolve(undefined);
      await release.promise;
    });
    await locked.promise;
    await factsOf(world, stuck, winner.facts.clusterUid).seen(at(1, 1));
    await factsOf(world, stuck).lost(at(1, 2));
    await factsOf(world, free).seen(at(1, 1));
    await world.until(free, 'ConnectionRegistered');
    expect((await world.eventsOf(stuck)).map(({ type }) => type)).toEqual(['ConnectionEntered']);
    release.resolve(undefined);
    await holding;
    expect(await world.until(stuck, 'ConnectionDeleted')).toEqual(['ConnectionEntered', 'ConnectionDeleted']);
  }, 20_000);
});

describe('the read model', () => {
  it('is what the events give, byte for byte', async () => {
    expect(await compareWithReplay({ db: world.db, store: world.store, projection: viewProjection })).toEqual([]);
  }, 20_000);
});
