import { X509Certificate, type webcrypto } from 'node:crypto';
// The certificate library decorates its classes and needs this before anything of it is loaded.
import 'reflect-metadata';
import * as x509 from '@peculiar/x509';

const ALGORITHMS = {
  ecdsa: { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' },
  rsa: {
    name: 'RSASSA-PKCS1-v1_5',
    hash: 'SHA-256',
    modulusLength: 3072,
    publicExponent: new Uint8Array([1, 0, 1]),
  },
} as const;

/** Of an authority and everybody it signs for. */
export type KeyType = keyof typeof ALGORITHMS;

const DAY_MS = 86_400_000;

x509.cryptoProvider.set(crypto);

const SIGN_AND_ENCIPHER = (x509.KeyUsageFlags.digitalSignature |
  x509.KeyUsageFlags.keyEncipherment) as x509.KeyUsageFlags;

/** A certificate and its private key (PKCS #8), both in PEM. */
export interface KeyPair {
  readonly certPem: string;
  readonly keyPem: string;
}

export interface AuthorityOptions {
  /** Its common name. */
  readonly name: string;
  readonly notAfter: Date;
  /** Default `ecdsa`; EventStoreDB reads RSA keys only. */
  readonly keyType?: KeyType;
}

export interface CertificateOptions {
  /** The common name of whom it is for. */
  readonly name: string;
  /** A server has names and addresses that it is good for; a client has none. */
  readonly serverNames?: readonly string[];
  /** For a server that is also a client of its like, as the nodes of a cluster are. */
  readonly alsoClient?: boolean;
  readonly notAfter: Date;
}

const newKeys = (type: KeyType): Promise<webcrypto.CryptoKeyPair> =>
  crypto.subtle.generateKey(ALGORITHMS[type], true, ['sign', 'verify']);

const newSerial = (): string =>
  Buffer.from(crypto.getRandomValues(new Uint8Array(8)))
    .toString('hex')
    .replace(/^./, '1');

const HEADER = 'PRIVATE KEY';

async function keyPemOf(keys: webcrypto.CryptoKeyPair): Promise<string> {
  const pkcs8 = Buffer.from(await crypto.subtle.exportKey('pkcs8', keys.privateKey)).toString('base64');
  return `-----BEGIN ${HEADER}-----\n${pkcs8.replace(/(.{64})(?=.)/g, '$1\n')}\n-----END ${HEADER}-----\n`;
}

function importKey(pem: string, type: KeyType): Promise<webcrypto.CryptoKey> {
  const pkcs8 = Buffer.from(pem.replaceAll(/-----[^-]+-----|\s/g, ''), 'base64');
  return crypto.subtle.importKey('pkcs8', pkcs8, ALGORITHMS[type], false, ['sign']);
}

/** Which it is stands in the key itself (RFC 5480, RFC 8017), so it is asked rather than told. */
const keyTypeOf = (certPem: string): KeyType =>
  new X509Certificate(certPem).publicKey.asymmetricKeyType === 'rsa' ? 'rsa' : 'ecdsa';

const pemOf = (certificate: x509.X509Certificate): string => `${certificate.toString('pem')}\n`;

const alternativeName = (name: string): { type: 'ip' | 'dns'; value: string } => ({
  type: /^[\d.]+$|:/.test(name) ? 'ip' : 'dns',
  value: name,
});

/** Makes an authority (ECDSA P-256 or RSA), valid from a month ago, so that a clock which is behind does not refuse it. */
export async function createAuthority({ name, notAfter, keyType = 'ecdsa' }: AuthorityOptions): Promise<KeyPair> {
  const keys = await newKeys(keyType);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: newSerial(),
    name: `CN=${name}`,
    notBefore: new Date(Date.now() - 30 * DAY_MS),
    notAfter,
    signingAlgorithm: ALGORITHMS[keyType],
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(true, 1, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
    ],
  });
  return { certPem: pemOf(certificate), keyPem: await keyPemOf(keys) };
}

/** Makes a certificate signed by the authority, for TLS servers when it has names and for clients when not; valid from yesterday. */
export async function issueCertificate(
  authority: KeyPair,
  { name, serverNames, alsoClient = false, notAfter }: CertificateOptions,
): Promise<KeyPair> {
  const issuer = new x509.X509Certificate(authority.certPem);
  const keyType = keyTypeOf(authority.certPem);
  const keys = await newKeys(keyType);
  const { serverAuth, clientAuth } = x509.ExtendedKeyUsage;
  const { digitalSignature } = x509.KeyUsageFlags;
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: newSerial(),
    subject: `CN=${name}`,
    issuer: issuer.subject,
    notBefore: new Date(Math.min(Date.now(), notAfter.getTime()) - DAY_MS),
    notAfter,
    signingKey: await importKey(authority.keyPem, keyType),
    publicKey: keys.publicKey,
    signingAlgorithm: ALGORITHMS[keyType],
    extensions: [
      // A key of RSA may also be what a session key is encrypted to.
      new x509.KeyUsagesExtension(keyType === 'rsa' ? SIGN_AND_ENCIPHER : digitalSignature, true),
      ...(serverNames === undefined
        ? []
        : [new x509.SubjectAlternativeNameExtension(serverNames.map(alternativeName))]),
      new x509.ExtendedKeyUsageExtension([
        ...(serverNames === undefined ? [] : [serverAuth]),
        ...(serverNames === undefined || alsoClient ? [clientAuth] : []),
      ]),
    ],
  });
  return { certPem: pemOf(certificate), keyPem: await keyPemOf(keys) };
}
