import type { webcrypto } from 'node:crypto';
// The certificate library decorates its classes and needs this before anything of it is loaded.
import 'reflect-metadata';
import * as x509 from '@peculiar/x509';

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const DAY_MS = 86_400_000;

x509.cryptoProvider.set(crypto);

/** A certificate and its private key (PKCS #8), both in PEM. */
export interface KeyPair {
  readonly certPem: string;
  readonly keyPem: string;
}

export interface AuthorityOptions {
  /** Its common name. */
  readonly name: string;
  readonly notAfter: Date;
}

export interface CertificateOptions {
  /** The common name of whom it is for. */
  readonly name: string;
  /** A server has names and addresses that it is good for; a client has none. */
  readonly serverNames?: readonly string[];
  readonly notAfter: Date;
}

const newKeys = (): Promise<webcrypto.CryptoKeyPair> => crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);

const newSerial = (): string =>
  Buffer.from(crypto.getRandomValues(new Uint8Array(8)))
    .toString('hex')
    .replace(/^./, '1');

const HEADER = 'PRIVATE KEY';

async function keyPemOf(keys: webcrypto.CryptoKeyPair): Promise<string> {
  const pkcs8 = Buffer.from(await crypto.subtle.exportKey('pkcs8', keys.privateKey)).toString('base64');
  return `-----BEGIN ${HEADER}-----\n${pkcs8.replace(/(.{64})(?=.)/g, '$1\n')}\n-----END ${HEADER}-----\n`;
}

function importKey(pem: string): Promise<webcrypto.CryptoKey> {
  const pkcs8 = Buffer.from(pem.replaceAll(/-----[^-]+-----|\s/g, ''), 'base64');
  return crypto.subtle.importKey('pkcs8', pkcs8, ALGORITHM, false, ['sign']);
}

const pemOf = (certificate: x509.X509Certificate): string => `${certificate.toString('pem')}\n`;

const alternativeName = (name: string): { type: 'ip' | 'dns'; value: string } => ({
  type: /^[\d.]+$|:/.test(name) ? 'ip' : 'dns',
  value: name,
});

/** Makes an authority (ECDSA P-256), valid from a month ago, so that a clock which is behind does not refuse it. */
export async function createAuthority({ name, notAfter }: AuthorityOptions): Promise<KeyPair> {
  const keys = await newKeys();
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: newSerial(),
    name: `CN=${name}`,
    notBefore: new Date(Date.now() - 30 * DAY_MS),
    notAfter,
    signingAlgorithm: ALGORITHM,
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
  { name, serverNames, notAfter }: CertificateOptions,
): Promise<KeyPair> {
  const keys = await newKeys();
  const { serverAuth, clientAuth } = x509.ExtendedKeyUsage;
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: newSerial(),
    subject: `CN=${name}`,
    issuer: new x509.X509Certificate(authority.certPem).subject,
    notBefore: new Date(Math.min(Date.now(), notAfter.getTime()) - DAY_MS),
    notAfter,
    signingKey: await importKey(authority.keyPem),
    publicKey: keys.publicKey,
    signingAlgorithm: ALGORITHM,
    extensions: [
      ...(serverNames === undefined
        ? []
        : [new x509.SubjectAlternativeNameExtension(serverNames.map(alternativeName))]),
      new x509.ExtendedKeyUsageExtension([serverNames === undefined ? clientAuth : serverAuth]),
    ],
  });
  return { certPem: pemOf(certificate), keyPem: await keyPemOf(keys) };
}
