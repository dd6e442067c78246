const KEEPALIVE_MS = 10_000;
/** A server that does not answer to a keepalive within this is gone. */
const KEEPALIVE_TIMEOUT_MS = 5_000;
const VARIANTS = 1_000;
let opened = 0;

/**
 * The connection string, changed so that its connection dials by itself.
 *
 * gRPC shares sockets between channels with equal options, process-wide, and with them the growing delay (up to two minutes)
 * before it dials again: a new client would still be refused long after the server is back. A keepalive interval that no other
 * connection of late has, some milliseconds longer, keeps them apart.
 */
export function withOwnSocket(connectionString: string): string {
  opened = (opened + 1) % VARIANTS;
  const [, given] = /[?&]keepAliveInterval=(-?\d+)/i.exec(connectionString) ?? [];
  if (given !== undefined) {
    if (Number(given) < 0) return connectionString;
    return connectionString.replace(/([?&]keepAliveInterval=)\d+/i, `$1${Number(given) + opened}`);
  }
  const timeout = /[?&]keepAliveTimeout=/i.test(connectionString) ? '' : `&keepAliveTimeout=${KEEPALIVE_TIMEOUT_MS}`;
  const separator = connectionString.includes('?') ? '&' : '?';
  return `${connectionString}${separator}keepAliveInterval=${KEEPALIVE_MS + opened}${timeout}`;
}
