import { createUser, fromSeed } from '@nats-io/nkeys';

/** An Ed25519 identity of NATS. The public key goes into the server's configuration; only the owner keeps the seed. */
export interface NkeyUser {
  /** `U…`, 56 characters. */
  readonly publicKey: string;
  /** `SU…`, 58 characters: a secret. */
  readonly seed: string;
}

const decoder = new TextDecoder();

export function createNkeyUser(): NkeyUser {
  const pair = createUser();
  return { publicKey: pair.getPublicKey(), seed: decoder.decode(pair.getSeed()) };
}

/** The public key of a seed. Throws when it is none. */
export const publicKeyOf = (seed: string): string => fromSeed(new TextEncoder().encode(seed)).getPublicKey();
