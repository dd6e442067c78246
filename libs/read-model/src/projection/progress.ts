import { Client } from 'pg';
import type { Database } from '../database.ts';
import { PROGRESS_CHANNEL, servingCheckpoint } from './checkpoint.ts';

/** Tells how far the projections of a database are, whichever process runs them. */
export interface ProjectionProgress extends AsyncDisposable {
  /**
   * The position in `$all` up to which the serving tables of projection `name` are good; undefined before its first batch.
   * Failures: `unavailable`.
   */
  positionOf(name: string): Promise<bigint | undefined>;
  /** Waits until the serving tables hold everything up to `position`: true; false when `timeoutMs` passed first. */
  waitFor(name: string, position: bigint, timeoutMs: number): Promise<boolean>;
}

/** Looked again so often, should a notification be lost with its connection. */
const LOOK_MS = 250;

/** Listens on one connection of its own (opened when first needed) for what projections notify at each commit. */
export function createProjectionProgress<DB>(db: Database<DB>): ProjectionProgress {
  const waiting = new Set<(payload: string) => void>();
  let listening: Promise<Client> | undefined;

  const listen = async (): Promise<Client> => {
    const client = new Client({ connectionString: db.url, keepAlive: true, connectionTimeoutMillis: 5_000 });
    const forget = (): void => {
      listening = undefined;
    };
    client.on('error', forget);
    client.on('end', forget);
    client.on('notification', ({ payload = '' }) => {
      for (const wake of waiting) wake(payload);
    });
    await client.connect();
    await client.query(`listen ${PROGRESS_CHANNEL}`);
    return client;
  };

  const ensureListening = async (): Promise<void> => {
    listening ??= listen();
    try {
      await listening;
    } catch {
      // Without it, looking has to do.
      listening = undefined;
    }
  };

  const told = (name: string, position: bigint, withinMs: number): Promise<void> =>
    new Promise((resolve) => {
      const finish = (): void => {
        clearTimeout(timer);
        waiting.delete(wake);
        resolve();
      };
      const wake = (payload: string): void => {
        const colon = payload.lastIndexOf(':');
        if (payload.slice(0, colon) === name && BigInt(payload.slice(colon + 1)) >= position) finish();
      };
      const timer = setTimeout(finish, Math.min(LOOK_MS, withinMs));
      waiting.add(wake);
    });

  const positionOf = async (name: string): Promise<bigint | undefined> =>
    (await servingCheckpoint(db, name))?.position ?? undefined;

  return {
    positionOf,
    async waitFor(name, position, timeoutMs) {
      const deadlineAt = performance.now() + timeoutMs;
      const isThere = async (): Promise<boolean> => ((await positionOf(name)) ?? -1n) >= position;
      if (await isThere()) return true;
      await ensureListening();
      for (;;) {
        // Listen first and look after, so that nothing is told in between.
        const leftMs = Math.max(0, deadlineAt - performance.now());
        const next = told(name, position, leftMs);
        if (await isThere()) return true;
        if (leftMs === 0) return false;
        await next;
      }
    },
    async [Symbol.asyncDispose]() {
      const client = await listening?.catch(() => undefined);
      await client?.end();
    },
  };
}
