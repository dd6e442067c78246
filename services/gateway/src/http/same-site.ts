import { Problem } from '@mooring/service-host';
import type { IncomingHttpHeaders } from 'node:http';

const LOOPBACK = ['localhost', '127.0.0.1', '[::1]'];

/**
 * Refuses a Host header that is no name of ours. A page elsewhere can make its own name resolve to this address (DNS
 * rebinding) and would then count as the same origin to a browser; its Host header still tells.
 */
export function checkHost(host: string | undefined, localPort: number, allowedHosts: readonly string[]): void {
  const given = host?.toLowerCase() ?? '';
  const ours = [...LOOPBACK.map((name) => `${name}:${localPort}`), ...allowedHosts.map((name) => name.toLowerCase())];
  if (!ours.includes(given))
    throw new Problem(421, 'wrong-host', 'This is not the place for that host', {
      detail: 'Use the printed link, or add the host to GATEWAY_ALLOWED_HOSTS.',
    });
}

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);

const isEventStream = ({ accept = '' }: IncomingHttpHeaders): boolean => accept.includes('text/event-stream');

const hostOf = (origin: string): string | undefined => (URL.canParse(origin) ? new URL(origin).host : undefined);

/**
 * Refuses what a page of another site sends: whatever changes something, and event streams, which a browser lets a foreign
 * page open. Tools send neither header and are not concerned. The Host header has been checked before.
 */
export function checkOrigin(method: string, headers: IncomingHttpHeaders): void {
  if (SAFE_METHODS.has(method) && !isEventStream(headers)) return;
  const { origin, host } = headers;
  const site = headers['sec-fetch-site'];
  const foreignOrigin = origin !== undefined && hostOf(origin) !== host?.toLowerCase();
  const foreignSite = site !== undefined && site !== 'same-origin' && site !== 'none';
  if (foreignOrigin || foreignSite)
    throw new Problem(403, 'wrong-origin', 'A page of another site may not do this', {
      detail: 'The request comes from a page that this gateway did not serve.',
    });
}
