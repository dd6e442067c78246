import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { KeyPair } from '@mooring/certificates';
import { isGood, pairFile } from './kept-pair.ts';
import { writeWhole } from './write-whole.ts';

/** What is secret of an event store that asks who comes: passwords, and the certificate by which it is known. */
export interface EventStoreSecrets {
  readonly adminPassword: string;
  readonly adminPasswordFile: string;
  readonly opsPassword: string;
  /** A service's own password, by its name. */
  readonly passwordOf: (service: string) => string;
  /** Of the authority, for those who check; its key stays here. */
  readonly caPem: string;
  readonly caFile: string;
  readonly server: KeyPair;
  /** Holds both, certificate first. */
  readonly serverFile: string;
}

const DAY_MS = 86_400_000;
const AUTHORITY_DAYS = 3_650;
const SERVER_DAYS = 730;
/** What ends sooner is made anew by the next start: nobody starts only twice a year. */
const RENEW_DAYS = 180;

/**
 * Opens what is there and makes what is missing, in the folder `secrets` of an installation, 0600. An authority (RSA: the only keys
 * that EventStoreDB reads) and the server's certificate are made anew when they end within half a year or are damaged, and the
 * certificate also when it is not for these names. A start that is cut off anywhere is completed by the next.
 */
export async function openEventStoreSecrets(
  dataFolder: string,
  serverNames: readonly string[],
  now = new Date(),
): Promise<EventStoreSecrets> {
  const folder = join(dataFolder, 'secrets');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const fileOf = (name: string): string => join(folder, name);
  const passwordFile = (account: string): string => fileOf(`event-store-${account}.password`);
  const password = (account: string): string => {
    const file = passwordFile(account);
    if (!existsSync(file)) writeWhole(file, randomBytes(32).toString('hex'));
    chmodSync(file, 0o600);
    return readFileSync(file, 'utf8').trim();
  };
  const inDays = (days: number): Date => new Date(now.getTime() + days * DAY_MS);
  const until = { from: now, to: inDays(RENEW_DAYS) };

  const authority = await pairFile(
    fileOf('event-store-authority.pem'),
    (pair) => isGood(pair, until),
    // Needed seldom, and slow to load.
    async () =>
      (await import('@mooring/certificates')).createAuthority({
        name: 'Mooring event store',
        notAfter: inDays(AUTHORITY_DAYS),
        keyType: 'rsa',
      }),
  );
  const caFile = fileOf('event-store-authority.crt');
  writeWhole(caFile, authority.certPem.trimEnd());
  const serverFile = fileOf('event-store-server.pem');
  const server = await pairFile(
    serverFile,
    (pair) => isGood(pair, until, { authority, serverNames }),
    async () =>
      (await import('@mooring/certificates')).issueCertificate(authority, {
        // The name by which EventStoreDB knows a node of its own, unless it is told another.
        name: 'eventstoredb-node',
        serverNames,
        alsoClient: true,
        notAfter: inDays(SERVER_DAYS),
      }),
  );
  return {
    adminPassword: password('admin'),
    adminPasswordFile: passwordFile('admin'),
    opsPassword: password('ops'),
    passwordOf: password,
    caPem: authority.certPem,
    caFile,
    server,
    serverFile,
  };
}
