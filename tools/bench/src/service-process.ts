import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { checkoutFolder, freePort, startProcess, type EngineProcess } from '@mooring/engines';
import { createNkeyUser } from '@mooring/messaging';
import { SYSTEM_ID } from './sample-events.ts';

/** What the services of one run share. The bus must let anybody in: they have users that it does not know. */
export interface Installation {
  /** Where key files are written; the caller's to delete. */
  readonly folder: string;
  readonly eventStoreUrl: string;
  readonly natsUrl: string;
  /** In the header of whoever may ask a service directly. */
  readonly internalSecret: string;
}

export interface ServiceProcess {
  readonly process: EngineProcess;
  readonly url: string;
  /** From the start of the process until it said that it is ready, in milliseconds. */
  readonly readyAfterMs: number;
}

export const createInstallation = (given: Omit<Installation, 'internalSecret'>): Installation => ({
  ...given,
  internalSecret: randomBytes(32).toString('hex'),
});

async function secretFile({ folder }: Installation, name: string, content: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, content, { mode: 0o600 });
  return path;
}

/** The settings by which a service with a database of its own finds the others. */
export const spineOf = async (
  installation: Installation,
  name: string,
  databaseUrl: string,
): Promise<Readonly<Record<string, string>>> => {
  const prefix = name.toUpperCase();
  return {
    MOORING_SYSTEM_ID: SYSTEM_ID,
    [`${prefix}_DATABASE_URL`]: databaseUrl,
    [`${prefix}_EVENTSTORE_URL`]: installation.eventStoreUrl,
    [`${prefix}_NATS_URL`]: installation.natsUrl,
    [`${prefix}_NATS_SEED_FILE`]: await secretFile(installation, `${name}.seed`, createNkeyUser().seed),
  };
};

/** The settings of connections and discovery, which share a pair of keys. */
export async function keyedSpines(
  installation: Installation,
  databaseUrls: { readonly connections: string; readonly discovery: string },
): Promise<Readonly<Record<'connections' | 'discovery', Readonly<Record<string, string>>>>> {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const file = (name: string, content: string): Promise<string> => secretFile(installation, name, content);
  return {
    connections: {
      ...(await spineOf(installation, 'connections', databaseUrls.connections)),
      CONNECTIONS_CREDENTIAL_KEY_FILE: await file('key', randomBytes(32).toString('base64')),
      CONNECTIONS_DISCOVERY_PUBLIC_KEY_FILE: await file(
        'public.jwk',
        JSON.stringify(publicKey.export({ format: 'jwk' })),
      ),
    },
    discovery: {
      ...(await spineOf(installation, 'discovery', databaseUrls.discovery)),
      DISCOVERY_CREDENTIAL_KEY_FILE: await file('private.jwk', JSON.stringify(privateKey.export({ format: 'jwk' }))),
    },
  };
}

/** The gateway in front of these services; those that are not named cannot be reached through it. */
export async function gatewaySettings(
  installation: Installation,
  token: string,
  urls: Readonly<Record<string, string>>,
): Promise<Readonly<Record<string, string>>> {
  const nowhere = `http://127.0.0.1:${await freePort()}`;
  const names = ['connections', 'discovery', 'notifications', 'console'];
  return {
    GATEWAY_TOKEN_FILE: await secretFile(installation, 'token', token),
    ...Object.fromEntries(names.map((name) => [`GATEWAY_${name.toUpperCase()}_URL`, urls[name] ?? nowhere])),
  };
}

/** Starts the real service in a process of its own; resolves when it says that it is ready. */
export async function startService(
  installation: Installation,
  name: string,
  settings: Readonly<Record<string, string>>,
): Promise<ServiceProcess> {
  const port = await freePort();
  const startedAt = performance.now();
  const { process: started } = await startProcess({
    what: name,
    program: process.execPath,
    args: ['--no-warnings', ...profiling(), join(checkoutFolder(), `services/${name}/dist/src/main.js`)],
    env: {
      ...process.env,
      MOORING_HTTP_PORT: String(port),
      MOORING_INTERNAL_SECRET_FILE: await secretFile(installation, 'internal', installation.internalSecret),
      ...settings,
    },
    readyWhen: (line) => (line.includes('"msg":"ready"') ? true : undefined),
    readyTimeoutMs: 120_000,
    onSpawn: ({ pid, exited }) => {
      // It runs in a process group of its own, so nothing else ends it when the bench is interrupted.
      const end = (): boolean => process.kill(pid);
      process.once('exit', end);
      void exited.then(() => process.removeListener('exit', end));
    },
  });
  return { process: started, url: `http://127.0.0.1:${port}`, readyAfterMs: performance.now() - startedAt };
}

/** `BENCH_SERVICE_PROF=DIR` writes a CPU profile of every service there when it stops. */
function profiling(): readonly string[] {
  const folder = process.env['BENCH_SERVICE_PROF'];
  return folder === undefined ? [] : ['--cpu-prof', '--cpu-prof-dir', folder];
}
