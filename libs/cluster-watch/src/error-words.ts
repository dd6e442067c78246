import { messageOf } from '@mooring/kernel';

const UNKNOWN_AUTHORITY = "The server's certificate is signed by an authority that this connection does not trust";
const NO_TLS = 'The server does not speak TLS: what it answered is no TLS handshake';
const NO_COMMON_VERSION = 'The server speaks no version of TLS that is accepted here';

/** By the code of the error: what OpenSSL and Node say is meant for whoever runs them. */
const SENTENCES: Readonly<Record<string, string>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: "The server's certificate is signed by itself, and this connection does not trust it",
  SELF_SIGNED_CERT_IN_CHAIN: UNKNOWN_AUTHORITY,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: UNKNOWN_AUTHORITY,
  UNABLE_TO_GET_ISSUER_CERT: UNKNOWN_AUTHORITY,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: UNKNOWN_AUTHORITY,
  CERT_UNTRUSTED: UNKNOWN_AUTHORITY,
  CERT_SIGNATURE_FAILURE: "The signature of the server's certificate is not by the authority that it names",
  CERT_REJECTED: "The authority that signed the server's certificate is not one for servers",
  INVALID_CA: "The server's certificate is signed with a certificate that may not sign others",
  CERT_REVOKED: "The server's certificate was revoked",
  CERT_HAS_EXPIRED: "The server's certificate, or that of its authority, has expired",
  CERT_NOT_YET_VALID: "The server's certificate, or that of its authority, is not valid yet",
  HOSTNAME_MISMATCH: "The server's certificate is made for another name",
  ERR_SSL_WRONG_VERSION_NUMBER: NO_TLS,
  ERR_SSL_PACKET_LENGTH_TOO_LONG: NO_TLS,
  ERR_SSL_UNSUPPORTED_PROTOCOL: NO_COMMON_VERSION,
  ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION: NO_COMMON_VERSION,
  ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL: 'The server does not offer HTTP/2',
};

/** A certificate may be made for hundreds of names. */
const NAMES_CHARACTERS_MAX = 200;
const TEXT_CHARACTERS_MAX = 500;

/** `[thread:]error:number:library:function:reason[:file:line:more]`. */
const OPENSSL = /(?:[0-9A-Fa-f]{8,}:)?error:[0-9A-Fa-f]+:([^:]*):[^:]*:([^:\n]*)(?::\S*\.c:\d+:[^\n]*)?/g;
/** From a `/`, `./` or `../` that begins something, with line and column; the path of a URL is not one. */
const FILE_PATH = /(?:file:\/\/|(?<![\w/.])(?!\/\/)\.{0,2})\/[^\s:'"();,]+(?::\d+)*/g;
const MEMORY_ADDRESS = /\b0x[0-9A-Fa-f]+\b/g;

interface ErrorFields {
  readonly code?: unknown;
  readonly host?: unknown;
  readonly cert?: { readonly subjectaltname?: unknown };
}

const fieldsOf = (thrown: unknown): ErrorFields => (typeof thrown === 'object' && thrown !== null ? thrown : {});

/** The code of an error, as Node and OpenSSL name it; empty when it has none. */
export function codeOf(thrown: unknown): string {
  const { code } = fieldsOf(thrown);
  return typeof code === 'string' ? code : '';
}

const shortened = (text: string, charactersMax: number): string =>
  text.length <= charactersMax ? text : `${text.slice(0, charactersMax)}…`;

/**
 * What is left of a text by OpenSSL or Node for a person who has neither: without paths of files, addresses in memory, numbers of errors and advice
 * on how to run Node; on one line, at most 500 characters. May be empty.
 */
export function cleaned(text: string): string {
  const advised = text.replace(OPENSSL, (_all, library: string, reason: string) => (reason === '' ? library : reason));
  const kept = advised.split(';').filter((clause) => !/\bNode\.js\b|--use-/.test(clause));
  return shortened(
    kept.join(';').replace(FILE_PATH, '').replace(MEMORY_ADDRESS, '').replace(/\s+/g, ' ').trim(),
    TEXT_CHARACTERS_MAX,
  );
}

function nameMismatch({ host, cert }: ErrorFields): string {
  const names = cert?.subjectaltname;
  const wanted = typeof host === 'string' ? `is not made for ${host}` : 'is made for another name';
  if (typeof names !== 'string') return `The server's certificate ${wanted}`;
  const listed = shortened(names.replace(/\b(?:DNS|IP Address):/g, ''), NAMES_CHARACTERS_MAX);
  return `The server's certificate ${wanted}; it names ${listed}`;
}

/** What went wrong, for a person: a sentence without a full stop. Never empty. */
export function wordsOfError(thrown: unknown): string {
  const code = codeOf(thrown);
  const sentence = SENTENCES[code];
  if (sentence !== undefined) return sentence;
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return nameMismatch(fieldsOf(thrown));
  const text = cleaned(messageOf(thrown));
  if (code === 'EPROTO' && text.includes('wrong version number')) return NO_TLS;
  const known = text === '' ? code : text;
  if (/^ERR_SSL_|^EPROTO$/.test(code)) return `The TLS handshake failed (${known})`;
  if (/^ERR_(OSSL|CRYPTO)/.test(code)) return `The certificate, key or authority given cannot be used (${known})`;
  return known === '' ? 'The connection failed, and nothing was said about why' : known;
}
