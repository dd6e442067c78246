import { createHmac } from 'node:crypto';
import type { ClusterAccess } from '@mooring/cluster-watch';
import { canonicalJson, Failure, nameUuid, type Json } from '@mooring/kernel';
import { CompactEncrypt, compactDecrypt, importJWK, type CryptoKey, type JWK } from 'jose';

/** Turns a way into a cluster into text that only its addressee can read, and into hashes that say only whether two are the same. */
export interface Sealing {
  /** For this service's own database. */
  seal(access: ClusterAccess): Promise<string>;
  /** Throws a Failure `corrupt` when the text was sealed with another key or altered. */
  open(sealed: string): Promise<ClusterAccess>;
  /** For discovery: a compact JWE to its public key (ECDH-ES+A256KW, A256GCM). */
  sealForDiscovery(access: ClusterAccess): Promise<string>;
  /** Keyed hash (HMAC-SHA-256, 32 hex digits) of the credential alone, so the same one is recognised and nothing can be guessed from it. */
  fingerprint(access: ClusterAccess): string;
  /** Name of this way into a cluster: the same address, authority (or none that is asked for) and credential always give the same UUID. */
  accessId(access: ClusterAccess): string;
  /** Name of a text, without a way back to it. */
  digest(text: string): string;
}

export interface SealingKeys {
  /** 32 random bytes. */
  readonly master: Buffer;
  /** Discovery's public key, EC P-256. */
  readonly discovery: JWK;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

const toJson = (value: unknown): Json => JSON.parse(JSON.stringify(value)) as Json;

export async function createSealing({ master, discovery }: SealingKeys): Promise<Sealing> {
  if (master.length !== 32) throw new Failure('invalid', `the master key has ${master.length} bytes, it must have 32`);
  const recipient = (await importJWK(discovery, 'ECDH-ES+A256KW')) as CryptoKey;
  const keyed = (purpose: string, text: string): string =>
    createHmac('sha256', master).update(`${purpose}\u0000${text}`).digest('hex').slice(0, 32);
  const fingerprint = ({ auth }: ClusterAccess): string => keyed('credential', canonicalJson(toJson(auth)));
  const bytesOf = (access: ClusterAccess): Uint8Array => encoder.encode(JSON.stringify(access));
  return {
    seal: (access) =>
      new CompactEncrypt(bytesOf(access)).setProtectedHeader({ alg: 'dir', enc: 'A256GCM' }).encrypt(master),
    async open(sealed) {
      try {
        const { plaintext } = await compactDecrypt(sealed, master);
        return JSON.parse(decoder.decode(plaintext)) as ClusterAccess;
      } catch (cause) {
        throw new Failure(
          'corrupt',
          'a stored credential cannot be opened: the master key is another one, or the row was altered',
          { cause },
        );
      }
    },
    sealForDiscovery: (access) =>
      new CompactEncrypt(bytesOf(access))
        .setProtectedHeader({ alg: 'ECDH-ES+A256KW', enc: 'A256GCM' })
        .encrypt(recipient),
    fingerprint,
    accessId: (access) =>
      nameUuid(
        'access',
        access.server,
        access.tlsServerName ?? '',
        keyed('authority', access.caPem ?? ''),
        fingerprint(access),
        ...(access.insecureSkipTlsVerify === true ? ['whoever answers'] : []),
      ),
    digest: (text) => keyed('text', text),
  };
}
