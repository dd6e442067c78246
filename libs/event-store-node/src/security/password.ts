import { createHash, randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

const derive = promisify<string, Buffer, number, Buffer>(scrypt);
const HASH_BYTES = 64;

export interface PasswordHash {
  /** Both in base64. */
  readonly salt: string;
  readonly hash: string;
}

export async function hashPassword(password: string): Promise<PasswordHash> {
  const salt = randomBytes(16);
  const hash = await derive(password, salt, HASH_BYTES);
  return { salt: salt.toString('base64'), hash: hash.toString('base64') };
}

/** Takes about as long whether it is right or wrong. */
export async function isPassword(password: string, { salt, hash }: PasswordHash): Promise<boolean> {
  const expected = Buffer.from(hash, 'base64');
  const derived = await derive(password, Buffer.from(salt, 'base64'), HASH_BYTES);
  return expected.length === derived.length && timingSafeEqual(expected, derived);
}

/** Stands for a password that was found right, so that it need not be derived again for every call. */
export const fingerprint = (password: string, { salt }: PasswordHash): string =>
  createHash('sha256').update(salt).update('\0').update(password).digest('base64');
