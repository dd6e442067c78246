import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { connectBus, createCredentialChannel } from '@mooring/messaging';
import { openDatabase } from '@mooring/read-model';
import { sql } from 'kysely';
import type { System } from './system.ts';

/* What a test looks at behind the API, as the service itself does. */

/** A secret of the installation, by the name of its file. */
export const secretOf = (system: System, name: string): string =>
  readFileSync(join(system.dataFolder, 'secrets', name), 'utf8').trim();

/** The address of the bus: the second port of the row. */
export const natsUrlOf = (system: System): string => `nats://127.0.0.1:${system.port + 1}`;

/** The ids of the credentials that connections keeps in its database. */
export async function keptCredentials(system: System): Promise<readonly string[]> {
  const password = secretOf(system, 'postgres-connections.password');
  const url = `postgres://connections:${password}@127.0.0.1:${system.port + 4}/connections`;
  await using db = openDatabase<Record<string, never>>({ url, applicationName: 'test', poolMax: 1 });
  const { rows } = await sql<{ id: string }>`select id from credential order by id`.execute(db);
  return rows.map(({ id }) => id);
}

/** The ids of the credentials that lie ready for discovery. */
export async function deliveredCredentials(system: System): Promise<readonly string[]> {
  await using bus = await connectBus({
    servers: natsUrlOf(system),
    name: 'connections',
    user: { seed: secretOf(system, 'nats-connections.seed') },
  });
  return [...(await createCredentialChannel(bus).keys())].sort();
}
