import { ADDRESS_NOT_ALLOWED } from './address-guard.ts';
import { codeOf, wordsOfError } from './error-words.ts';
import { refusedBecause, unreachable } from './explain.ts';
import type { ClusterRefusal, RefusedReason, UnreachableReason } from './refusal.ts';

const UNREACHABLE: Readonly<Record<string, UnreachableReason>> = {
  ENOTFOUND: 'dns-failure',
  EAI_AGAIN: 'dns-failure',
  EAI_NODATA: 'dns-failure',
  EAI_NONAME: 'dns-failure',
  ECONNREFUSED: 'connection-refused',
  ETIMEDOUT: 'timeout',
};

/** What the system's own words mean, for a person. */
const WORDS: Readonly<Partial<Record<UnreachableReason, string>>> = {
  'dns-failure': 'The name of the server is not known',
  'connection-refused': 'Nothing accepts connections at this address',
  timeout: 'No answer came in time',
};

const REFUSED: Readonly<Record<string, RefusedReason>> = {
  [ADDRESS_NOT_ALLOWED]: 'address-not-allowed',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'tls-untrusted',
  SELF_SIGNED_CERT_IN_CHAIN: 'tls-untrusted',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'tls-untrusted',
  UNABLE_TO_GET_ISSUER_CERT: 'tls-untrusted',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'tls-untrusted',
  CERT_SIGNATURE_FAILURE: 'tls-untrusted',
  CERT_UNTRUSTED: 'tls-untrusted',
  CERT_REJECTED: 'tls-untrusted',
  INVALID_CA: 'tls-untrusted',
  CERT_REVOKED: 'tls-untrusted',
  ERR_TLS_CERT_ALTNAME_INVALID: 'tls-name-mismatch',
  HOSTNAME_MISMATCH: 'tls-name-mismatch',
  CERT_HAS_EXPIRED: 'tls-expired',
  CERT_NOT_YET_VALID: 'tls-expired',
  ERR_SSL_WRONG_VERSION_NUMBER: 'not-kubernetes',
  ERR_SSL_PACKET_LENGTH_TOO_LONG: 'not-kubernetes',
  ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL: 'http2-unsupported',
};

/** What a failed connection, handshake or stream means. Anything unknown is the network's fault, and worth another try. */
export function refusalOfError(thrown: unknown): ClusterRefusal {
  // Several addresses were tried: the first one's failure speaks for all.
  if (thrown instanceof AggregateError && thrown.errors.length > 0) return refusalOfError(thrown.errors[0]);
  const code = codeOf(thrown);
  const message = wordsOfError(thrown);
  const reason = UNREACHABLE[code];
  if (reason !== undefined) return unreachable(reason, `${WORDS[reason] ?? reason} (${message})`);
  const refusedReason = REFUSED[code];
  if (refusedReason !== undefined) return refusedBecause(refusedReason, message);
  if (/^ERR_SSL_.*ALERT.*(CERTIFICATE|UNKNOWN_CA|ACCESS_DENIED|DECRYPT)/.test(code))
    return refusedBecause('tls-client-certificate', message);
  if (/^ERR_(OSSL|CRYPTO)|^ERR_SSL_(.*PEM|.*KEY)/.test(code)) return refusedBecause('credential-unusable', message);
  return unreachable('network', message);
}
