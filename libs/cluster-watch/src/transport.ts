import { connect as connectHttp2, type ClientHttp2Session } from 'node:http2';
import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { ok, refused, type Result } from '@mooring/kernel';
import type { ClusterAccess } from './access.ts';
import { guardedLookup, isForbiddenHost } from './address-guard.ts';
import { authorize, type Authorization } from './authorize.ts';
import { wordsOfError } from './error-words.ts';
import { refusedBecause, unreachable } from './explain.ts';
import { refusalOfError } from './network-refusal.ts';
import type { ClusterRefusal } from './refusal.ts';

/** A megabyte in flight per watch, four in all: with HTTP/2's 64 KiB a first state would wait for the round trip. */
const STREAM_WINDOW_BYTES = 1024 * 1024;
const SESSION_WINDOW_BYTES = 4 * STREAM_WINDOW_BYTES;
const SESSION_MEMORY_MB = 64;

export interface Transport {
  readonly http2: ClientHttp2Session;
  readonly headers: Readonly<Record<string, string>>;
  /** Path of the server's URL without a trailing slash: clusters behind a proxy live below one. */
  readonly basePath: string;
}

export interface ConnectOptions {
  /** For a credential program, and again for the connection. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

function parseServer(access: ClusterAccess): Result<URL, ClusterRefusal> {
  const url = URL.canParse(access.server) ? new URL(access.server) : undefined;
  if (url === undefined || (url.protocol !== 'https:' && url.protocol !== 'http:'))
    return refused(refusedBecause('address-invalid', 'The server address is not a URL that starts with https://'));
  if (url.protocol === 'http:' && access.allowHttp !== true)
    return refused(refusedBecause('http-not-allowed', `${url.origin} is not encrypted`));
  if (isForbiddenHost(url.hostname))
    return refused(refusedBecause('address-not-allowed', `${url.hostname} is a link-local or metadata address`));
  return ok(url);
}

function openSocket(access: ClusterAccess, url: URL, authorization: Authorization): Socket {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const port = Number(url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : url.port);
  const address = { host, port, lookup: guardedLookup };
  if (url.protocol === 'http:') return connectTcp(address);
  const { caPem, tlsServerName, insecureSkipTlsVerify = false } = access;
  const { certPem, keyPem } = authorization;
  const servername = tlsServerName ?? host;
  return connectTls({
    ...address,
    ALPNProtocols: ['h2'],
    rejectUnauthorized: !insecureSkipTlsVerify,
    // SNI must be a name; the certificate is checked against the address all the same.
    ...(isIP(servername) === 0 ? { servername } : {}),
    ...(caPem === undefined ? {} : { ca: caPem }),
    ...(certPem === undefined || keyPem === undefined ? {} : { cert: certPem, key: keyPem }),
  });
}

const connected = (
  socket: Socket,
  secure: boolean,
  { timeoutMs, signal }: ConnectOptions,
): Promise<ClusterRefusal | undefined> =>
  new Promise((resolve) => {
    const finish = (refusal: ClusterRefusal | undefined): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
      socket.removeAllListeners('error').on('error', () => undefined);
      if (refusal !== undefined) socket.destroy();
      resolve(refusal);
    };
    const onAbort = (): void => finish(unreachable('network', 'the attempt was stopped'));
    const timer = setTimeout(() => finish(unreachable('timeout', `no connection within ${timeoutMs} ms`)), timeoutMs);
    signal.addEventListener('abort', onAbort, { once: true });
    socket.once('error', (error) => finish(refusalOfError(error)));
    socket.once('close', () => finish(unreachable('network', 'the connection was closed during the handshake')));
    socket.once(secure ? 'secureConnect' : 'connect', () => finish(undefined));
    if (signal.aborted) onAbort();
  });

/** Connects and negotiates HTTP/2. Never rejects. The caller ends the session. */
export async function connectTransport(
  access: ClusterAccess,
  options: ConnectOptions,
): Promise<Result<Transport, ClusterRefusal>> {
  const server = parseServer(access);
  if (!server.ok) return server;
  const url = server.value;
  const authorization = await authorize(access, options);
  if (!authorization.ok) return authorization;
  const { headers } = authorization.value;
  let socket: Socket;
  try {
    socket = openSocket(access, url, authorization.value);
  } catch (error) {
    return refused(refusedBecause('credential-unusable', wordsOfError(error)));
  }
  const secure = url.protocol === 'https:';
  const refusal = await connected(socket, secure, options);
  if (refusal !== undefined) return refused(refusal);
  const { alpnProtocol } = socket as { alpnProtocol?: unknown };
  if (secure && alpnProtocol !== 'h2') {
    socket.destroy();
    return refused(refusedBecause('http2-unsupported', `${url.host} does not offer HTTP/2`));
  }
  const http2 = connectHttp2(url.origin, {
    createConnection: () => socket,
    // Node counts buffers of all streams together, and refuses new ones beyond this many megabytes.
    maxSessionMemory: SESSION_MEMORY_MB,
    settings: { enablePush: false, initialWindowSize: STREAM_WINDOW_BYTES },
  });
  http2.on('error', () => undefined);
  http2.once('connect', () => http2.setLocalWindowSize(SESSION_WINDOW_BYTES));
  return ok({ http2, headers, basePath: url.pathname.replace(/\/+$/, '') });
}
