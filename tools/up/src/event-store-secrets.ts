import { randomBytes, X509Certificate } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createAuthority, issueCertificate, type KeyPair } from '@mooring/certificates';

/** What is secret of an event store that asks who comes: passwords, and the certificate by which it is known. */
export interface EventStoreSecrets {
  readonly adminPassword: string;
  readonly opsPassword: string;
  /** A service's own password, by its name. */
  readonly passwordOf: (service: string) => string;
  /** Of the authority, for those who check; its key stays here. */
  readonly caPem: string;
  readonly caFile: string;
  readonly server: KeyPair;
}

const DAY_MS = 86_400_000;
const AUTHORITY_DAYS = 3_650;
const SERVER_DAYS = 365;
/** A certificate that ends sooner is made anew by the next start. */
const RENEW_DAYS = 60;

/** A start that is cut off leaves the whole file or none. */
function writeWhole(file: string, text: string): void {
  writeFileSync(`${file}.new`, text, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

const inDays = (days: number): Date => new Date(Date.now() + days * DAY_MS);

/**
 * Opens what is there and makes what is missing, in the folder `secrets` of an installation, 0600. The authority is made once (RSA: the
 * only keys that EventStoreDB reads); the server's certificate is made anew when it ends within 60 days or is not for these names.
 */
export async function openEventStoreSecrets(
  dataFolder: string,
  serverNames: readonly string[],
): Promise<EventStoreSecrets> {
  const folder = join(dataFolder, 'secrets');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const fileOf = (name: string): string => join(folder, name);
  const password = (name: string): string => {
    const file = fileOf(`event-store-${name}.password`);
    if (!existsSync(file)) writeWhole(file, `${randomBytes(32).toString('hex')}\n`);
    chmodSync(file, 0o600);
    return readFileSync(file, 'utf8').trim();
  };
  // Certificate and key in one file, so that they are always of each other.
  const kept = async (name: string, good: (pair: KeyPair) => boolean, make: () => Promise<KeyPair>) => {
    const file = fileOf(name);
    const there = existsSync(file) ? readPair(readFileSync(file, 'utf8')) : undefined;
    if (there !== undefined && good(there)) return there;
    const made = await make();
    writeWhole(file, `${made.certPem}${made.keyPem}`);
    return made;
  };
  const authority = await kept(
    'event-store-authority.pem',
    () => true,
    () => createAuthority({ name: 'Mooring event store', notAfter: inDays(AUTHORITY_DAYS), keyType: 'rsa' }),
  );
  const caFile = fileOf('event-store-ca.crt');
  writeWhole(caFile, authority.certPem);
  const server = await kept(
    'event-store-server.pem',
    (pair) => isGood(pair, authority, serverNames),
    () =>
      issueCertificate(authority, {
        // The name by which EventStoreDB knows a node of its own, unless it is told another.
        name: 'eventstoredb-node',
        serverNames,
        alsoClient: true,
        notAfter: inDays(SERVER_DAYS),
      }),
  );
  return {
    adminPassword: password('admin'),
    opsPassword: password('ops'),
    passwordOf: password,
    caPem: authority.certPem,
    caFile,
    server,
  };
}

function readPair(text: string): KeyPair | undefined {
  const [certPem, keyPem] = text.match(/-----BEGIN [^-]+-----[^-]+-----END [^-]+-----\n/g) ?? [];
  return certPem === undefined || keyPem === undefined ? undefined : { certPem, keyPem };
}

function isGood({ certPem }: KeyPair, authority: KeyPair, names: readonly string[]): boolean {
  const certificate = new X509Certificate(certPem);
  return (
    certificate.verify(new X509Certificate(authority.certPem).publicKey) &&
    certificate.validToDate.getTime() > inDays(RENEW_DAYS).getTime() &&
    names.every((name) => certificate.checkHost(name) !== undefined || certificate.checkIP(name) !== undefined)
  );
}
