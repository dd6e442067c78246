import { createPrivateKey, X509Certificate } from 'node:crypto';
import { chmodSync, readFileSync } from 'node:fs';
import type { KeyPair } from '@mooring/certificates';
import { writeWhole } from './write-whole.ts';

/** A certificate and its key in one file (0600), so that they are always of each other. Made anew when there is none or it is not good. */
export async function pairFile(
  file: string,
  good: (pair: KeyPair) => boolean,
  make: () => Promise<KeyPair>,
): Promise<KeyPair> {
  const there = readPair(file);
  if (there !== undefined && good(there)) return there;
  const made = await make();
  writeWhole(file, `${made.certPem}${made.keyPem}`.trimEnd());
  return made;
}

/** Nothing when it is missing, or holds something else. */
function readPair(file: string): KeyPair | undefined {
  let text: string;
  try {
    chmodSync(file, 0o600);
    text = readFileSync(file, 'utf8');
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw thrown;
  }
  const [certPem, keyPem] = text.match(/-----BEGIN [^-]+-----[^-]+-----END [^-]+-----\n/g) ?? [];
  return certPem === undefined || keyPem === undefined ? undefined : { certPem, keyPem };
}

/** Whether it is undamaged and valid for the whole time; and signed by the authority and for every name, where those are given. */
export function isGood(
  { certPem, keyPem }: KeyPair,
  { from, to }: { readonly from: Date; readonly to: Date },
  issued?: { readonly authority: KeyPair; readonly serverNames: readonly string[] },
): boolean {
  try {
    const certificate = new X509Certificate(certPem);
    const isValid = certificate.validFromDate <= from && certificate.validToDate > to;
    if (!isValid || !certificate.checkPrivateKey(createPrivateKey(keyPem))) return false;
    if (issued === undefined) return true;
    const { authority, serverNames } = issued;
    return (
      certificate.verify(new X509Certificate(authority.certPem).publicKey) &&
      serverNames.every((name) => (certificate.checkHost(name) ?? certificate.checkIP(name)) !== undefined)
    );
  } catch {
    // Not a certificate, or not a key.
    return false;
  }
}
