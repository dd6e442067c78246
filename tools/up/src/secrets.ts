import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { randomUuid } from '@mooring/kernel';
import { createNkeyUser, publicKeyOf } from '@mooring/messaging';
import { exportJWK, generateKeyPair } from 'jose';
import { writeWhole } from './write-whole.ts';

export const NATS_SERVICES = ['connections', 'discovery', 'notifications'] as const;
const NATS_TOOLS = ['provisioner', 'operator'] as const;

/** The read-only user that every installation has. */
const FIRST_READER = 'reader';
type NatsUser = (typeof NATS_SERVICES)[number] | (typeof NATS_TOOLS)[number];

/** Everything secret of an installation, each in a file of its own (0600), made at the first start and never changed. */
export interface Secrets {
  readonly systemId: string;
  readonly userId: string;
  readonly token: string;
  readonly tokenFile: string;
  readonly internalSecretFile: string;
  readonly credentialKeyFile: string;
  readonly discoveryPrivateKeyFile: string;
  readonly discoveryPublicKeyFile: string;
  readonly postgresPassword: string;
  /** A service's own password, by its name. */
  readonly databasePassword: (service: string) => string;
  readonly natsSeedFile: (user: NatsUser) => string;
  readonly natsSeed: (user: NatsUser) => string;
  readonly natsPublicKey: (user: NatsUser) => string;
  /** Where the seed of a reader is. */
  readonly readerSeedFile: (name: string) => string;
  /** Every reader there is, with its public key: those asked for now and those of earlier starts. */
  readonly readers: Readonly<Record<string, string>>;
}

const hex = (): string => randomBytes(32).toString('hex');

/** Opens what is there and makes what is missing; a reader once made stays. */
export async function openSecrets(dataFolder: string, newReaders: readonly string[] = []): Promise<Secrets> {
  const folder = join(dataFolder, 'secrets');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const fileOf = (name: string): string => join(folder, name);
  const keep = (name: string, make: () => string): string => {
    const file = fileOf(name);
    if (!existsSync(file)) writeWhole(file, make());
    chmodSync(file, 0o600);
    return readFileSync(file, 'utf8').trim();
  };

  for (const user of [...NATS_SERVICES, ...NATS_TOOLS]) keep(`nats-${user}.seed`, () => createNkeyUser().seed);
  for (const service of NATS_SERVICES) keep(`postgres-${service}.password`, hex);
  keep('internal.secret', hex);
  keep('credential.key', () => randomBytes(32).toString('base64'));
  if (!existsSync(fileOf('discovery.private.jwk'))) {
    const { privateKey, publicKey } = await generateKeyPair('ECDH-ES+A256KW', { crv: 'P-256', extractable: true });
    const [ours, theirs] = [JSON.stringify(await exportJWK(privateKey)), JSON.stringify(await exportJWK(publicKey))];
    // The public half first: a start that is cut off in between makes both anew.
    writeWhole(fileOf('discovery.public.jwk'), theirs);
    keep('discovery.private.jwk', () => ours);
  }
  const seedOfReader = (name: string): string =>
    name === FIRST_READER ? `nats-${FIRST_READER}.seed` : `nats-reader-${name}.seed`;
  for (const name of [FIRST_READER, ...newReaders]) keep(seedOfReader(name), () => createNkeyUser().seed);
  const readers = readdirSync(folder).flatMap((file) => {
    const name = file === seedOfReader(FIRST_READER) ? FIRST_READER : /^nats-reader-(.+)\.seed$/.exec(file)?.[1];
    return name === undefined ? [] : [[name, publicKeyOf(keep(file, () => createNkeyUser().seed))] as const];
  });
  return {
    readers: Object.fromEntries(readers),
    readerSeedFile: (name) => fileOf(seedOfReader(name)),
    systemId: keep('system.id', randomUuid),
    userId: keep('user.id', randomUuid),
    token: keep('gateway.token', hex),
    tokenFile: fileOf('gateway.token'),
    internalSecretFile: fileOf('internal.secret'),
    credentialKeyFile: fileOf('credential.key'),
    discoveryPrivateKeyFile: fileOf('discovery.private.jwk'),
    discoveryPublicKeyFile: fileOf('discovery.public.jwk'),
    postgresPassword: keep('postgres.password', hex),
    databasePassword: (service) => keep(`postgres-${service}.password`, hex),
    natsSeedFile: (user) => fileOf(`nats-${user}.seed`),
    natsSeed: (user) => keep(`nats-${user}.seed`, () => createNkeyUser().seed),
    natsPublicKey: (user) => publicKeyOf(keep(`nats-${user}.seed`, () => createNkeyUser().seed)),
  };
}
