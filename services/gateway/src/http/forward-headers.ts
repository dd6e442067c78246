import type { IncomingHttpHeaders, OutgoingHttpHeader, OutgoingHttpHeaders } from 'node:http';

/** Meant for the next connection only (RFC 9110, 7.6.1). */
const HOP_BY_HOP = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** What only the gateway may say or know: its own headers, the proofs of the caller, and how the caller reached it. */
const isGatewaysOwn = (name: string): boolean =>
  name.startsWith('x-mooring-') ||
  ['authorization', 'cookie', 'host', 'forwarded', 'expect'].includes(name) ||
  name.startsWith('x-forwarded-');

const namedByConnection = ({ connection = '' }: IncomingHttpHeaders): Set<string> =>
  new Set(
    [connection]
      .flat()
      .join()
      .split(',')
      .map((name) => name.trim().toLowerCase()),
  );

const withoutHops = (headers: IncomingHttpHeaders): OutgoingHttpHeaders => {
  const named = namedByConnection(headers);
  return Object.fromEntries(
    Object.entries(headers).filter(
      ([name]) => !HOP_BY_HOP.has(name) && (!named.has(name) || name === 'content-length'),
    ),
  );
};

/** The caller's headers as a service gets them; `added` are the gateway's. */
export const toUpstream = (headers: IncomingHttpHeaders, added: OutgoingHttpHeaders): OutgoingHttpHeaders => ({
  ...Object.fromEntries(Object.entries(withoutHops(headers)).filter(([name]) => !isGatewaysOwn(name))),
  // Without a length the body's end must be told by chunks.
  ...(headers['transfer-encoding'] === undefined ? {} : { 'transfer-encoding': 'chunked' }),
  ...added,
});

/** A service's headers as the caller gets them; `ours` win, so that no service weakens the gateway's policy. */
export const toCaller = (
  headers: IncomingHttpHeaders,
  ours: Readonly<Record<string, OutgoingHttpHeader | undefined>>,
): OutgoingHttpHeaders => ({
  ...Object.fromEntries(Object.entries(withoutHops(headers)).filter(([name]) => !name.startsWith('x-mooring-'))),
  ...ours,
});
