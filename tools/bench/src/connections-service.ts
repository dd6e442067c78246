import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { checkoutFolder, freePort, startProcess, type EngineProcess } from '@mooring/engines';
import { createNkeyUser } from '@mooring/messaging';
import { SYSTEM_ID } from './sample-events.ts';

export interface ConnectionsServiceOptions {
  /** Where its key files are written; the caller's to delete. */
  readonly folder: string;
  readonly databaseUrl: string;
  readonly eventStoreUrl: string;
  readonly natsUrl: string;
}

/** Starts the real service of connections in a process of its own. It has no user on the bus: the server must let anybody in. */
export async function startConnectionsService(options: ConnectionsServiceOptions): Promise<EngineProcess> {
  const file = async (name: string, content: string): Promise<string> => {
    const path = join(options.folder, name);
    await writeFile(path, content, { mode: 0o600 });
    return path;
  };
  const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const { process: service } = await startProcess({
    what: 'the service of connections',
    program: process.execPath,
    args: ['--no-warnings', ...profiling(), join(checkoutFolder(), 'services/connections/dist/src/main.js')],
    env: {
      ...process.env,
      MOORING_HTTP_PORT: String(await freePort()),
      MOORING_INTERNAL_SECRET_FILE: await file('internal', randomBytes(32).toString('hex')),
      MOORING_SYSTEM_ID: SYSTEM_ID,
      CONNECTIONS_DATABASE_URL: options.databaseUrl,
      CONNECTIONS_EVENTSTORE_URL: options.eventStoreUrl,
      CONNECTIONS_NATS_URL: options.natsUrl,
      CONNECTIONS_NATS_SEED_FILE: await file('seed', createNkeyUser().seed),
      CONNECTIONS_CREDENTIAL_KEY_FILE: await file('key', randomBytes(32).toString('base64')),
      CONNECTIONS_DISCOVERY_PUBLIC_KEY_FILE: await file(
        'discovery.jwk',
        JSON.stringify(publicKey.export({ format: 'jwk' })),
      ),
    },
    readyWhen: (line) => (line.includes('"msg":"ready"') ? true : undefined),
    onSpawn: ({ pid, exited }) => {
      // It runs in a process group of its own, so nothing else ends it when the bench is interrupted.
      const end = (): boolean => process.kill(pid);
      process.once('exit', end);
      void exited.then(() => process.removeListener('exit', end));
    },
  });
  return service;
}

/** `BENCH_SERVICE_PROF=DIR` writes a CPU profile of the service there when it stops. */
function profiling(): readonly string[] {
  const folder = process.env['BENCH_SERVICE_PROF'];
  return folder === undefined ? [] : ['--cpu-prof', '--cpu-prof-dir', folder];
}
