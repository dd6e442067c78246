import { Failure, randomUuid } from '@mooring/kernel';
import type { Sealing } from '../adapters/sealing.ts';
import type { KeptCredential, Vault } from '../adapters/vault.ts';
import { createCredentialDelivery } from './credentials.ts';

const ORPHAN_AFTER_MS = 3_600_000;
const MINUTE_MS = 60_000;

/** A vault with one credential that nobody names, whose age the database's clock says. */
function withOrphan() {
  const kept: KeptCredential[] = [{ id: randomUuid(), connectionId: randomUuid(), ageMs: 0 }];
  const clock = { ageMs: 0, nowMs: 0 };
  const vault: Pick<Vault, 'list' | 'erase' | 'open'> = {
    list: () => Promise.resolve(kept.map((credential) => ({ ...credential, ageMs: clock.ageMs }))),
    erase: (ids) => Promise.resolve(void kept.splice(0, ids.length)),
    open: () => Promise.resolve(undefined),
  };
  const delivery = createCredentialDelivery({
    vault: vault as Vault,
    sealing: {} as Sealing,
    channel: {
      put: () => Promise.resolve(),
      erase: () => Promise.resolve(),
      keys: () => Promise.resolve([]),
    },
    inUse: () => Promise.resolve(new Set()),
    isNeeded: () => Promise.resolve(false),
    orphanAfterMs: ORPHAN_AFTER_MS,
    onOrphan: () => undefined,
    onUnreadable: () => undefined,
    nowMs: () => clock.nowMs,
  });
  return { clock, reconcile: () => delivery.reconcile(), isKept: () => kept.length > 0 };
}

describe('a credential that nobody names yet', () => {
  it('is not erased because a clock jumped: its import may be about to be recorded', async () => {
    const { clock, reconcile, isKept } = withOrphan();
    await reconcile();
    clock.ageMs = 2 * ORPHAN_AFTER_MS;
    clock.nowMs += 1_000;
    await reconcile();
    expect(isKept()).toBe(true);
  });

  it('is erased when it is old and has been without a name for longer than a request takes', async () => {
    const { clock, reconcile, isKept } = withOrphan();
    expect(await reconcile()).toBe(false);
    clock.nowMs += MINUTE_MS;
    await reconcile();
    expect(isKept()).toBe(true);
    clock.ageMs = ORPHAN_AFTER_MS + 1;
    expect(await reconcile()).toBe(true);
    expect(isKept()).toBe(false);
  });
});

/** A vault that cannot open the first two of four credentials, all of which are named; the bucket has only what nobody knows. */
function withUnreadable() {
  const ids = Array.from({ length: 4 }, randomUuid);
  const unreadable = ids.slice(0, 2);
  const bucket = new Set(['left over']);
  const told: string[] = [];
  const access = { server: 'https://c.test', auth: { kind: 'token', token: 't' } } as const;
  const vault: Pick<Vault, 'list' | 'open'> = {
    list: () => Promise.resolve(ids.map((id) => ({ id, connectionId: id, ageMs: 0 }))),
    open: (id) =>
      unreadable.includes(id)
        ? Promise.reject(new Failure('corrupt', 'sealed with another key'))
        : Promise.resolve({ id, connectionId: id, access }),
  };
  const delivery = createCredentialDelivery({
    vault: vault as Vault,
    sealing: { sealForDiscovery: () => Promise.resolve('sealed') } as unknown as Sealing,
    channel: {
      put: (key) => Promise.resolve(void bucket.add(key)),
      erase: (key) => Promise.resolve(void bucket.delete(key)),
      keys: () => Promise.resolve([...bucket]),
    },
    inUse: () => Promise.resolve(new Set(ids)),
    isNeeded: () => Promise.resolve(true),
    orphanAfterMs: ORPHAN_AFTER_MS,
    onOrphan: () => undefined,
    onUnreadable: (id) => told.push(id),
  });
  return { unreadable, readable: ids.slice(2), bucket, told, reconcile: () => delivery.reconcile() };
}

describe('a credential that cannot be opened', () => {
  it('is told once, and keeps no other from being delivered and nothing from being taken away', async () => {
    const { unreadable, readable, bucket, told, reconcile } = withUnreadable();
    for (let round = 0; round < 2; round += 1) expect(await reconcile()).toBe(true);
    expect([...bucket]).toEqual(readable);
    expect(told).toEqual(unreadable);
  });
});
