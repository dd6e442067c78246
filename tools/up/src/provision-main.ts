import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { provisionEventStore, secureConnectionString } from '@mooring/event-store';
import { Failure, isFailure, messageOf } from '@mooring/kernel';
import { openEventStoreSecrets } from './event-store-secrets.ts';
import { handOut } from './hand-out.ts';
import { readInventoryLimits } from './inventory-limits.ts';
import { provisionBus, provisionDatabases } from './provision.ts';
import { readProvisionSettings, type ProvisionSettings } from './provision-settings.ts';
import { NATS_SERVICES, openSecrets } from './secrets.ts';

const hostOf = (place: string): string => place.split(':')[0] ?? '';

/** Readable for its owner alone; who reads it meanwhile gets the old text or the new one. */
function writeWhole(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  writeFileSync(`${file}.new`, text, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

/**
 * The provisioner of an installation whose processes are started by something else, as containers are: `keys` before the engines,
 * `stores` when they are there. It does what `npm start` does, with the same functions; repeating either changes nothing.
 */
const COMMANDS: Readonly<Record<string, (settings: ProvisionSettings) => Promise<void>>> = {
  async keys(settings) {
    const secrets = await openSecrets(settings.folder);
    const eventStore = await openEventStoreSecrets(settings.folder, [hostOf(settings.eventStore), 'localhost']);
    const folders = { handOut: settings.runFolder, natsStore: settings.natsFolder };
    const parts = handOut(secrets, eventStore, { places: settings, folders });
    for (const [process, files] of Object.entries(parts)) {
      for (const [name, text] of Object.entries(files)) {
        writeWhole(join(settings.handOut, process, name), text);
      }
    }
    console.log(`each of ${Object.keys(parts).join(', ')} has its part`);
  },
  async stores(settings) {
    const secrets = await openSecrets(settings.folder);
    const eventStore = await openEventStoreSecrets(settings.folder, [hostOf(settings.eventStore), 'localhost']);
    const admin = { login: 'admin', password: eventStore.adminPassword };
    await Promise.all([
      provisionEventStore({
        connectionString: secureConnectionString(settings.eventStore, admin, eventStore.caFile),
        httpUrl: `https://${settings.eventStoreHttp}`,
        accounts: NATS_SERVICES.map((login) => ({ login, password: eventStore.passwordOf(login) })),
      }),
      provisionBus(`nats://${settings.nats}`, secrets, readInventoryLimits(process.env)),
      provisionDatabases(`postgres://postgres:${secrets.postgresPassword}@${settings.postgres}/postgres`, secrets),
    ]);
    console.log('streams, consumers, databases, accounts and rights are as they should be');
  },
};

try {
  const [name = '', ...rest] = process.argv.slice(2);
  const command = COMMANDS[name];
  if (command === undefined || rest.length > 0)
    throw new Failure('invalid', `one command is needed: ${Object.keys(COMMANDS).join(' or ')}`);
  await command(readProvisionSettings(process.env));
  process.exit(0);
} catch (thrown) {
  const told = isFailure(thrown) || !(thrown instanceof Error) ? messageOf(thrown) : (thrown.stack ?? thrown.message);
  console.error(`provision: ${told}`);
  process.exit(1);
}
