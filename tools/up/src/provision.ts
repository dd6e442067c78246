import { connectBus, provision, topology, type InventoryLimits } from '@mooring/messaging';
import { openDatabase } from '@mooring/read-model';
import { sql } from 'kysely';
import { NATS_SERVICES, type Secrets } from './secrets.ts';

/** Makes streams, consumers and the bucket of credentials, as the provisioner. Repeating it changes nothing. */
export async function provisionBus(natsUrl: string, secrets: Secrets, limits: Partial<InventoryLimits>): Promise<void> {
  await using bus = await connectBus({
    servers: natsUrl,
    name: 'provisioner',
    user: { seed: secrets.natsSeed('provisioner') },
  });
  await provision(bus, topology(limits));
}

/** Makes a user and a database for every service that keeps something, each shut to the others. Repeating it changes nothing. */
export async function provisionDatabases(superuserUrl: string, secrets: Secrets): Promise<void> {
  await using db = openDatabase<Record<string, never>>({
    url: superuserUrl,
    applicationName: 'provisioner',
    poolMax: 1,
  });
  for (const service of NATS_SERVICES) {
    const password = sql.lit(secrets.databasePassword(service));
    const exists = async (table: string, column: string): Promise<boolean> => {
      const found = await sql`select 1 from ${sql.table(table)} where ${sql.ref(column)} = ${service}`.execute(db);
      return found.rows.length > 0;
    };
    if (!(await exists('pg_roles', 'rolname'))) await sql`create role ${sql.id(service)} login`.execute(db);
    await sql`alter role ${sql.id(service)} password ${password}`.execute(db);
    if (!(await exists('pg_database', 'datname'))) {
      await sql`create database ${sql.id(service)} owner ${sql.id(service)}`.execute(db);
    }
    await sql`revoke all on database ${sql.id(service)} from public`.execute(db);
  }
}
