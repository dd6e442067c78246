import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ImportRequested } from '@mooring/contracts';
import { randomUuid } from '@mooring/kernel';
import type { InProcessService } from '@mooring/service-host';
import { eventually } from '@mooring/testing';
import { compactDecrypt } from 'jose';
import { createCredentialDelivery } from '../src/process/credentials.ts';
import { completed, enter, hand, kubeconfigOf, newName } from './kubeconfigs.ts';
import { at, factsOf } from './facts.ts';
import { startWorld, type World } from './world.ts';

let world: World;
const ORPHAN_AFTER_MS = 1_000;
const start = (): Promise<InProcessService> => world.start({ orphanAfterMs: ORPHAN_AFTER_MS, reconcileEveryMs: 100 });

beforeAll(async () => {
  world = await startWorld();
}, 60_000);

afterAll(async () => {
  await world[Symbol.asyncDispose]();
}, 60_000);

async function credentialOf(connectionId: string): Promise<string> {
  const [entered] = await world.eventsOf(connectionId);
  if (entered?.type !== 'ConnectionEntered') throw new Error(`${connectionId} was not entered`);
  return entered.data.credentialId;
}

const access = { server: 'https://nobody.test', auth: { kind: 'token', token: 't' } } as const;

describe('the reconciler', () => {
  it('puts back what the bus lost, and takes away what nobody knows', async () => {
    await using service = await start();
    const credentialId = await credentialOf(await enter(service, world, { token: 'comes back' }));
    const stray = randomUuid();
    await world.channel.put(stray, new TextEncoder().encode('left over'));
    await world.channel.erase(credentialId);
    const sealed = await eventually(async () => {
      expect(await world.channel.get(stray)).toBeUndefined();
      const found = await world.channel.get(credentialId);
      expect(found).toBeDefined();
      return found;
    });
    const { plaintext } = await compactDecrypt(Buffer.from(sealed ?? []).toString(), world.privateKey);
    expect(JSON.parse(Buffer.from(plaintext).toString())).toMatchObject({ auth: { token: 'comes back' } });
  }, 20_000);

  it('erases what no connection names, once it is old enough, and keeps what one does', async () => {
    await using service = await start();
    const named = await credentialOf(await enter(service, world));
    const orphan = randomUuid();
    await world.vault.keep([{ id: orphan, connectionId: randomUuid(), access }]);
    await world.channel.put(orphan, new TextEncoder().encode('of an import that was never recorded'));
    await eventually(async () => expect(await world.vault.open(orphan)).toBeUndefined());
    expect(await world.channel.get(orphan)).toBeUndefined();
    expect(await world.vault.open(named)).toBeDefined();
  }, 20_000);

  it('never erases the credentials of an import that is still waiting, however old they are', async () => {
    const importId = randomUuid();
    const contexts = [newName(), newName()].map((context) => ({
      context,
      connectionId: randomUuid(),
      server: 'https://waiting.test',
      accessId: randomUuid(),
      fingerprint: 'f'.repeat(32),
      credentialId: randomUuid(),
    }));
    await world.vault.keep(
      contexts.map(({ credentialId: id, connectionId }) => ({ id, connectionId, importId, access })),
    );
    await world.db
      .updateTable('credential')
      .set({ created_at: new Date(0) } as never)
      .where('import_id', '=', importId)
      .execute();
    const metadata = { $correlationId: randomUuid(), schemaVersion: 1, systemId: randomUuid() };
    const data = { importId, origin: 'upload', contexts };
    await world.store.append(`import-${importId}`, 'no_stream', [
      { id: randomUuid(), type: ImportRequested.stored, data, metadata },
    ]);
    await using service = await start();
    for (const { connectionId, credentialId } of contexts) {
      await world.until(connectionId, 'ConnectionEntered');
      await eventually(async () => expect(await world.channel.get(credentialId)).toBeDefined());
      expect(await world.vault.open(credentialId)).toBeDefined();
    }
    expect((await service.call('GET', `/api/imports/${importId}`)).status).toBe(200);
  }, 20_000);

  it('never takes away what is put while it looks', async () => {
    const [kept, there] = [new Map<string, number>(), new Set<string>()];
    const deliver = (id: string): void => {
      kept.set(id, 0);
      there.add(id);
    };
    // Whatever is read first, an import is faster than the rest of the round.
    const after = async <T>(value: T): Promise<T> => {
      deliver(randomUuid());
      return Promise.resolve(value);
    };
    const erased: string[] = [];
    const delivery = createCredentialDelivery({
      vault: {
        keep: () => Promise.resolve(),
        open: () => Promise.resolve(undefined),
        assign: () => Promise.resolve(),
        erase: () => Promise.resolve(),
        list: () => after([...kept.keys()].map((id) => ({ id, connectionId: id, ageMs: 0 }))),
      },
      sealing: world.sealing,
      channel: {
        put: () => Promise.resolve(),
        erase: (key) => Promise.resolve(void erased.push(key)),
        keys: () => after([...there]),
      },
      inUse: () => after(new Set<string>()),
      isNeeded: () => Promise.resolve(false),
      orphanAfterMs: ORPHAN_AFTER_MS,
      onOrphan: () => undefined,
      onUnreadable: () => undefined,
    });
    for (let round = 0; round < 3; round += 1) await delivery.reconcile();
    expect(erased).toEqual([]);
  });
});

describe('a service that dies in the middle of an import', () => {
  it('accounts for every context exactly once when it is there again', async () => {
    const names = Array.from({ length: 60 }, newName);
    const text = kubeconfigOf(Object.fromEntries(names.map((name) => [name, {}])));
    const first = await start();
    const receipt = await hand(first, text);
    const ids = receipts(receipt.contexts);
    await eventually(async () => (await world.eventsOf(ids[0] ?? '')).length > 0, { intervalMs: 1 });
    await first[Symbol.asyncDispose]();

    await using second = await start();
    for (const id of ids) await world.until(id, 'ConnectionEntered');
    await Promise.all(ids.map((id) => factsOf(world, id).seen(at(1, 1))));
    const { contexts } = await completed(second, receipt.id);
    expect(contexts.map(({ context, outcome }) => [context, outcome])).toEqual(
      names.map((name) => [name, 'registered']),
    );
    const streams = await Promise.all(ids.map((id) => world.eventsOf(id)));
    expect(streams.map((events) => events.filter(({ type }) => type === 'ConnectionEntered').length)).toEqual(
      names.map(() => 1),
    );
  }, 40_000);
});

const receipts = (contexts: readonly { readonly connectionId?: string }[]): readonly string[] =>
  contexts.map(({ connectionId }) => connectionId ?? '');

describe('two instances side by side', () => {
  it('have each effect once', async () => {
    await using one = await start();
    await using other = await start();
    const names = Array.from({ length: 20 }, newName);
    const receipt = await hand(one, kubeconfigOf(Object.fromEntries(names.map((name) => [name, {}]))));
    const ids = receipts(receipt.contexts);
    for (const id of ids) await world.until(id, 'ConnectionEntered');
    const uid = (id: string): string => `cluster of ${id}`;
    await Promise.all(ids.flatMap((id) => [1, 1, 1].map((count) => factsOf(world, id, uid(id)).seen(at(1, count)))));
    const { contexts } = await completed(other, receipt.id);
    expect(new Set(contexts.map(({ outcome }) => outcome))).toEqual(new Set(['registered']));
    for (const id of ids) {
      expect(await world.until(id, 'ConnectionRegistered')).toEqual([
        'ConnectionEntered',
        'ConnectionDiscovered',
        'ConnectionRegistered',
      ]);
    }
    const commands = [one, other].map((service) => service.call('POST', `/api/connections/${ids[0] ?? ''}/maintain`));
    const answers = await Promise.all(commands);
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    expect((await world.eventsOf(ids[0] ?? '')).map(({ type }) => type).slice(3)).toEqual([
      'ConnectionPutInMaintenance',
    ]);
  }, 30_000);
});
