import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ClusterSeen, eventSubject, relaySubject, type ConnectionView, type HistoryPage } from '@mooring/contracts';
import { randomUuid } from '@mooring/kernel';
import { compareWithReplay } from '@mooring/read-model';
import type { InProcessService } from '@mooring/service-host';
import { eventually } from '@mooring/testing';
import { compactDecrypt } from 'jose';
import { viewProjection } from '../src/adapters/view.projection.ts';
import { at, factsOf } from './facts.ts';
import { completed, enter, hand, kubeconfigOf, newName } from './kubeconfigs.ts';
import { factOf, startWorld, type World } from './world.ts';

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

const typesOf = async (id: string): Promise<readonly string[]> => (await world.eventsOf(id)).map(({ type }) => type);

/** The value of a counter of this consumer. */
const metric = async (name: string): Promise<number> => {
  const { body } = await service.call('GET', '/metrics');
  return String(body)
    .split('\n')
    .filter((line) => line.startsWith(name) && line.includes('connections'))
    .reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
};

const view = async (id: string, state: string): Promise<ConnectionView> =>
  eventually(async () => {
    const { body } = await service.call('GET', `/api/connections/${id}`);
    expect(body).toMatchObject({ state });
    return body as ConnectionView;
  });

describe('a kubeconfig on its way', () => {
  it('becomes a connection: entered, discovered, registered, connected, lost, seen again', async () => {
    const name = newName();
    const receipt = await hand(service, kubeconfigOf({ [name]: { token: 'a secret' } }));
    const [context] = receipt.contexts;
    const id = context?.connectionId ?? '';
    expect(context).toMatchObject({ context: name, outcome: 'pending' });
    await world.until(id, 'ConnectionEntered');
    const facts = factsOf(world, id);

    const [entered] = await world.eventsOf(id);
    const { credentialId } = entered?.data as unknown as { credentialId: string };
    const sealed = await world.channel.get(credentialId);
    const { plaintext } = await compactDecrypt(Buffer.from(sealed ?? []).toString(), world.privateKey);
    expect(JSON.parse(Buffer.from(plaintext).toString())).toMatchObject({ auth: { kind: 'token', token: 'a secret' } });

    await facts.seen(at(1, 1));
    await world.until(id, 'ConnectionRegistered');
    expect(await completed(service, receipt.id)).toMatchObject({ contexts: [{ outcome: 'registered' }] });
    await facts.linked(at(2, 2));
    await world.until(id, 'ConnectionConnected');
    await facts.lost(at(2, 3));
    await world.until(id, 'ConnectionDisconnected');
    expect(await view(id, 'disconnected')).toMatchObject({
      intent: 'registered',
      link: 'down',
      reason: { code: 'connection-refused' },
      clusterUid: facts.clusterUid,
    });
    await facts.seen(at(2, 4));
    await facts.linked(at(3, 5));
    expect(await world.until(id, 'ConnectionConnected')).toEqual([
      'ConnectionEntered',
      'ConnectionDiscovered',
      'ConnectionRegistered',
      'ConnectionConnected',
      'ConnectionDisconnected',
      'ConnectionDiscovered',
      'ConnectionRegistered',
      'ConnectionConnected',
    ]);
    await view(id, 'connected');
    const { body } = await service.call('GET', `/api/connections/${id}/history?limit=2`);
    expect(body).toMatchObject({
      items: [
        { revision: '7', by: 'observation' },
        { revision: '6', by: 'policy' },
      ],
    });
    const older = await service.call(
      'GET',
      `/api/connections/${id}/history?cursor=${(body as HistoryPage).nextCursor}`,
    );
    expect((older.body as HistoryPage).items.map(({ revision }) => revision)).toEqual(['5', '4', '3', '2', '1', '0']);
    const then = await service.call('GET', `/api/connections/${id}/state?revision=4`);
    expect(then.body).toMatchObject({ state: 'disconnected', revision: '4' });
  }, 30_000);

  it('accounts for what cannot be used, what is refused, and what cannot be found, with the reason', async () => {
    const [good, bad, refused, gone] = [newName(), newName(), newName(), newName()];
    const receipt = await hand(
      service,
      kubeconfigOf({ [good]: {}, [bad]: { user: { exec: { command: 'aws' } } }, [refused]: {}, [gone]: {} }),
    );
    const idOf = (name: string) => receipt.contexts.find(({ context }) => context === name)?.connectionId ?? '';
    for (const name of [good, refused, gone]) await world.until(idOf(name), 'ConnectionEntered');
    await factsOf(world, idOf(good)).seen(at(1, 1));
    await factsOf(world, idOf(refused)).refused(at(1, 1));
    await factsOf(world, idOf(gone)).lost(at(1, 1));
    const { contexts } = await completed(service, receipt.id);
    expect(contexts.map(({ context, outcome, reason }) => [context, outcome, reason?.code])).toEqual([
      [good, 'registered', undefined],
      [bad, 'invalid', 'field-not-allowed'],
      [refused, 'refused', 'unauthorized'],
      [gone, 'unreachable', 'connection-refused'],
    ]);
  }, 30_000);
});

describe('a fact of discovery', () => {
  it('has one effect however often it comes, also under another message', async () => {
    const id = await enter(service, world);
    const facts = factsOf(world, id);
    const event = { id: randomUuid() };
    for (let time = 0; time < 3; time += 1) await facts.seen(at(1, 1), event);
    for (let time = 0; time < 3; time += 1) await facts.linked(at(2, 2));
    await facts.lost(at(2, 3));
    expect(await world.until(id, 'ConnectionDisconnected')).toEqual([
      'ConnectionEntered',
      'ConnectionDiscovered',
      'ConnectionRegistered',
      'ConnectionConnected',
      'ConnectionDisconnected',
    ]);
  }, 20_000);

  it('that is late changes nothing: an older decision, an older epoch, an older count', async () => {
    const id = await enter(service, world);
    const facts = factsOf(world, id);
    await facts.seen(at(1, 5, 3));
    await world.until(id, 'ConnectionRegistered');
    await facts.linked(at(2, 6, 3));
    await world.until(id, 'ConnectionConnected');
    await facts.lost(at(1, 99, 9), {}, 'under-an-older-decision');
    await facts.lost(at(2, 99, 2), {}, 'of-an-older-watch');
    await facts.lost(at(2, 6, 3), {}, 'not-newer');
    await facts.lost(at(2, 7, 3), {}, 'real');
    const types = await world.until(id, 'ConnectionDisconnected');
    expect(types.filter((type) => type === 'ConnectionDisconnected')).toHaveLength(1);
    expect((await world.eventsOf(id)).at(-1)?.data.reason?.code).toBe('real');
  }, 20_000);

  it('goes to the dead letters when it is malformed or in a newer version; an unknown type is counted; the next one is handled', async () => {
    const id = await enter(service, world);
    const facts = factsOf(world, id);
    const encode = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));
    const good = factOf(ClusterSeen, { connectionId: id, observation: at(1, 1), credentialId: id, clusterUid: 'x' });
    const unknownBefore = await metric('mooring_messages_unknown');

    await world.sayBytes(relaySubject(ClusterSeen.type, id), new TextEncoder().encode('no JSON at all'));
    await world.sayBytes(relaySubject(ClusterSeen.type, id), encode({ ...good, data: { connectionId: id } }));
    await world.sayBytes(
      relaySubject(ClusterSeen.type, id),
      encode({ ...good, type: ClusterSeen.type.replace(/v1$/, 'v2'), dataschema: 'urn:other' }),
    );
    const strange = 'io.meshery.discovery.cluster.dreamt_of.v1';
    await world.sayBytes(relaySubject(strange, id), encode({ ...good, type: strange }));
    await facts.seen(at(1, 2));
    expect(await world.until(id, 'ConnectionRegistered')).toHaveLength(3);
    const parked = (await world.deadLetters()).filter(({ subject }) => subject === eventSubject(ClusterSeen.type, id));
    expect(parked).toHaveLength(3);
    for (const { reason } of parked) expect(reason).not.toBe('');
    expect(await metric('mooring_messages_unknown')).toBe(unknownBefore + 1);
  }, 20_000);

  it('of a connection that nobody entered is handled and forgotten', async () => {
    const stranger = randomUuid();
    await factsOf(world, stranger).seen(at(1, 1));
    await factsOf(world, stranger).lost(at(1, 2));
    const id = await enter(service, world);
    await factsOf(world, id).seen(at(1, 1));
    await world.until(id, 'ConnectionRegistered');
    expect(await typesOf(stranger)).toEqual([]);
    expect((await world.deadLetters()).filter(({ subject }) => subject.endsWith(stranger))).toEqual([]);
  }, 20_000);
});

describe('the read model', () => {
  it('is what the events give, byte for byte', async () => {
    expect(await compareWithReplay({ db: world.db, store: world.store, projection: viewProjection })).toEqual([]);
  }, 20_000);
});
