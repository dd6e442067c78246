import { createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import { Failure, messageOf } from '@mooring/kernel';
import type { TlsFiles } from '../http/http-server.ts';

interface PemFile {
  /** The flag and the file, as a sentence about it begins. */
  readonly name: string;
  readonly bytes: Buffer;
}

const CERTIFICATE = /-----BEGIN (?:X509 |TRUSTED )?CERTIFICATE-----/u;
const PRIVATE_KEY = /-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----/u;
const ENCRYPTED = /-----BEGIN ENCRYPTED PRIVATE KEY-----|Proc-Type: 4,ENCRYPTED/u;

const unusable = (what: string, cause?: unknown): Failure => new Failure('invalid', what, { cause });

/**
 * A certificate with its chain, and its private key; both may be in one file.
 *
 * @throws Failure `invalid` that names the flag and the file, for what cannot be served with.
 */
export function readTlsFiles(certificateFile: string, privateKeyFile: string): TlsFiles {
  const certificate = read('--tls-certificate', certificateFile);
  const privateKey = read('--tls-private-key', privateKeyFile);
  if (!parseCertificate(certificate).checkPrivateKey(parsePrivateKey(privateKey)))
    throw unusable(
      `${privateKey.name}: the key does not belong to the certificate in ${certificateFile}, ` +
        "the first in which must be the server's own",
    );
  try {
    createSecureContext({ cert: certificate.bytes, key: privateKey.bytes });
  } catch (thrown) {
    throw unusable(`${certificate.name}: its certificates cannot be used: ${messageOf(thrown)}`, thrown);
  }
  return { certificate: certificate.bytes, privateKey: privateKey.bytes };
}

function read(flag: string, file: string): PemFile {
  try {
    return { name: `${flag} ${file}`, bytes: readFileSync(file) };
  } catch (thrown) {
    throw unusable(`${flag}: cannot read ${file}: ${messageOf(thrown)}`, thrown);
  }
}

/** What is in a file that lacks what it should have. */
function instead(text: string): string {
  if (text.trim() === '') return 'it is empty';
  if (CERTIFICATE.test(text)) return 'it has a certificate';
  if (PRIVATE_KEY.test(text)) return 'it has a private key';
  return 'it is not PEM, or of something else';
}

function parseCertificate({ name, bytes }: PemFile): X509Certificate {
  const text = bytes.toString('latin1');
  if (!CERTIFICATE.test(text)) throw unusable(`${name} has no line "-----BEGIN CERTIFICATE-----": ${instead(text)}`);
  try {
    return new X509Certificate(bytes);
  } catch (thrown) {
    throw unusable(`${name}: its first certificate is damaged (${messageOf(thrown)})`, thrown);
  }
}

function parsePrivateKey({ name, bytes }: PemFile): KeyObject {
  const text = bytes.toString('latin1');
  if (!PRIVATE_KEY.test(text)) throw unusable(`${name} has no line "-----BEGIN PRIVATE KEY-----": ${instead(text)}`);
  if (ENCRYPTED.test(text))
    throw unusable(`${name}: the key is encrypted, and must be without a passphrase (openssl pkey -in … -out …)`);
  try {
    return createPrivateKey(bytes);
  } catch (thrown) {
    throw unusable(`${name}: the private key is damaged (${messageOf(thrown)})`, thrown);
  }
}
