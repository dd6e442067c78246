import { createPrivateKey, X509Certificate } from 'node:crypto';
import type { ClusterAuth } from '@mooring/cluster-watch';
import { ok, refused, type Result } from '@mooring/kernel';

/** What is wrong, and in which field of which entry. */
export interface Finding {
  readonly code: string;
  readonly field: string;
  readonly message: string;
  readonly suggestedRemediation: string;
}

const PEM = /-----BEGIN [A-Z0-9 ]+-----/;
const BASE64 = /^[A-Za-z0-9+/\s]+=*\s*$/;

/** The PEM text in a `…-data` field (base64). */
export function decodePem(field: string, base64: string): Result<string, Finding> {
  const text = BASE64.test(base64) ? Buffer.from(base64, 'base64').toString('utf8') : '';
  return PEM.test(text)
    ? ok(text)
    : refused({
        code: 'certificate-unreadable',
        field,
        message: `${field} is not a PEM text in base64.`,
        suggestedRemediation: 'Export the kubeconfig again with `kubectl config view --raw --flatten`.',
      });
}

const unreadable = (field: string, what: string): Result<never, Finding> =>
  refused({
    code: 'certificate-unreadable',
    field,
    message: `${field} is not ${what}.`,
    suggestedRemediation: 'Export the kubeconfig again with `kubectl config view --raw --flatten`.',
  });

/** When the first certificate in a PEM text stops being valid. */
export function certificateExpiry(field: string, pem: string): Result<Date, Finding> {
  try {
    return ok(new Date(new X509Certificate(pem).validTo));
  } catch {
    return unreadable(field, 'a readable X.509 certificate');
  }
}

export function checkPrivateKey(field: string, pem: string): Result<void, Finding> {
  try {
    createPrivateKey(pem);
    return ok(undefined);
  } catch {
    return unreadable(field, 'a readable private key');
  }
}

/** The last second that RFC 3339 can name. */
const EXPIRY_MAX = 253_402_300_799;

/** When a bearer token says it expires, if it is a JWT that says so (RFC 7519 `exp`, seconds). Its signature is the cluster's business. */
export function tokenExpiry(token: string): Date | undefined {
  const [, payload] = token.split('.');
  if (payload === undefined) return undefined;
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'));
    const exp = typeof claims === 'object' && claims !== null && 'exp' in claims ? claims.exp : undefined;
    return typeof exp === 'number' && exp >= 0 && exp <= EXPIRY_MAX ? new Date(exp * 1000) : undefined;
  } catch {
    return undefined;
  }
}

/** A way in, and until when it can work. */
export interface ReadCredential {
  readonly auth: ClusterAuth;
  readonly expiresAt?: Date;
}
