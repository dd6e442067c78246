import { join } from 'node:path';
import type { KnownState } from '@mooring/cluster-watch';
import { checkoutFolder } from '@mooring/engines';
import { openDatabase, type Database } from '@mooring/read-model';
import { openCountingProxy } from './counting-proxy.ts';
import type { ServicesAtHand } from './services-at-hand.ts';

type Tables = Record<string, never>;

interface KnownStateModule {
  readonly knownState: (db: Database<Tables>, connectionId: string) => KnownState;
}

/**
 * What a watch that starts asks the inventory when nothing has changed, by discovery's own adapter over a connection of its own: bytes
 * on the wire in both directions, and how long it takes. `bytesOfPods` is what it asks for besides when something has changed of pods. Services are programs that nobody may depend on, so it is loaded from where it is built.
 */
export async function exchangeDigest(
  services: ServicesAtHand,
): Promise<{ readonly bytes: number; readonly ms: number; readonly bytesOfPods: number }> {
  const path = join(checkoutFolder(), 'services/discovery/dist/src/adapters/known-state.js');
  const { knownState } = (await import(path)) as KnownStateModule;
  const [connectionId = ''] = await services.connectionIds();
  const url = new URL(services.databaseUrl);
  await using proxy = await openCountingProxy(Number(url.port));
  url.port = String(proxy.port);
  await using db = openDatabase<Tables>({ url: url.href, poolMax: 1 });
  const known = knownState(db, connectionId);
  // Connecting is not in it.
  await known.roots();
  const bytesSoFar = (): number => proxy.bytes.fromServer + proxy.bytes.fromClients;
  const [before, startedAt] = [bytesSoFar(), performance.now()];
  await known.roots();
  const [ms, bytes] = [performance.now() - startedAt, bytesSoFar() - before];
  await known.digest('pods');
  return { ms, bytes, bytesOfPods: bytesSoFar() - before - bytes };
}
