import type { webcrypto } from 'node:crypto';
// The certificate library decorates its classes and needs this before anything of it is loaded.
import 'reflect-metadata';
import * as x509 from '@peculiar/x509';

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const DAY_MS = 86_400_000;

x509.cryptoProvider.set(crypto);

export interface KeyPair {
  readonly certPem: string;
  readonly keyPem: string;
}

/** Everything by which a simulated cluster and its users prove who they are. Kept by a caller, it survives a restart. */
export interface ClusterKeys {
  readonly caPem: string;
  readonly server: KeyPair;
  readonly client: KeyPair;
  readonly token: string;
}

export interface ServerCertificateOptions {
  /** Names and addresses that the certificate is good for. Default: localhost, 127.0.0.1, ::1. */
  readonly names?: readonly string[];
  /** Default: in ten years. */
  readonly notAfter?: Date;
}

const newKeys = (): Promise<webcrypto.CryptoKeyPair> => crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);

const newSerial = (): string =>
  Buffer.from(crypto.getRandomValues(new Uint8Array(8)))
    .toString('hex')
    .replace(/^./, '1');

async function keyPemOf(keys: webcrypto.CryptoKeyPair): Promise<string> {
  const pkcs8 = Buffer.from(await crypto.subtle.exportKey('pkcs8', keys.privateKey)).toString('base64');
  return `-----BEGIN PRIVATE KEY-----\n${pkcs8.replace(/(.{64})(?=.)/g, '$1\n')}\n-----END PRIVATE KEY-----\n`;
}

interface Issuer {
  readonly name: string;
  readonly keys: webcrypto.CryptoKeyPair;
}

async function issue(issuer: Issuer, subject: string, notAfter: Date, extensions: x509.Extension[]): Promise<KeyPair> {
  const keys = await newKeys();
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: newSerial(),
    subject,
    issuer: issuer.name,
    notBefore: new Date(Math.min(Date.now(), notAfter.getTime()) - DAY_MS),
    notAfter,
    signingKey: issuer.keys.privateKey,
    publicKey: keys.publicKey,
    signingAlgorithm: ALGORITHM,
    extensions,
  });
  return { certPem: `${certificate.toString('pem')}\n`, keyPem: await keyPemOf(keys) };
}

const alternativeName = (name: string): { type: 'ip' | 'dns'; value: string } => ({
  type: /^[\d.]+$|:/.test(name) ? 'ip' : 'dns',
  value: name,
});

/** Makes a certificate authority, a server certificate, a client certificate (user `simulated`) and a bearer token. */
export async function createClusterKeys(
  clusterName: string,
  { names = ['localhost', '127.0.0.1', '::1'], notAfter }: ServerCertificateOptions = {},
): Promise<ClusterKeys> {
  const inTenYears = new Date(Date.now() + 3650 * DAY_MS);
  const issuer: Issuer = { name: `CN=${clusterName}-ca`, keys: await newKeys() };
  const ca = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: newSerial(),
    name: issuer.name,
    notBefore: new Date(Date.now() - 30 * DAY_MS),
    notAfter: inTenYears,
    signingAlgorithm: ALGORITHM,
    keys: issuer.keys,
    extensions: [
      new x509.BasicConstraintsExtension(true, 1, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
    ],
  });
  const server = await issue(issuer, 'CN=kube-apiserver', notAfter ?? inTenYears, [
    new x509.SubjectAlternativeNameExtension(names.map(alternativeName)),
    new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
  ]);
  const client = await issue(issuer, 'CN=simulated', inTenYears, [
    new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.clientAuth]),
  ]);
  const token = Buffer.from(crypto.getRandomValues(new Uint8Array(24))).toString('base64url');
  return { caPem: `${ca.toString('pem')}\n`, server, client, token };
}
