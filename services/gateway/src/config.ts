import { durationMs, list, secret, text, url, type ConfigOf } from '@mooring/service-host';

const HTTP = ['http:', 'https:'] as const;

/** The gateway's own keys. */
export const gatewayConfig = {
  token: secret({
    env: 'GATEWAY_TOKEN',
    minBytes: 32,
    ownerOnly: true,
    description: 'Token that every call needs. Made at the first start; a file that others may read is refused.',
  }),
  userId: text({
    env: 'GATEWAY_USER_ID',
    pattern: /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
    optional: true,
    description:
      'UUID of the person who holds the token; the `userid` of what follows. Without it one that never changes.',
  }),
  allowedHosts: list({
    env: 'GATEWAY_ALLOWED_HOSTS',
    default: [],
    description:
      'Further values of the Host header, each with its port unless it is the default one. Loopback names are allowed.',
  }),
  connectionsUrl: url({ env: 'GATEWAY_CONNECTIONS_URL', protocols: HTTP, description: 'Where connections listens.' }),
  discoveryUrl: url({ env: 'GATEWAY_DISCOVERY_URL', protocols: HTTP, description: 'Where discovery listens.' }),
  notificationsUrl: url({
    env: 'GATEWAY_NOTIFICATIONS_URL',
    protocols: HTTP,
    description: 'Where notifications listens.',
  }),
  consoleUrl: url({ env: 'GATEWAY_CONSOLE_URL', protocols: HTTP, description: 'Where the console listens.' }),
  upstreamTimeoutMs: durationMs({
    env: 'GATEWAY_UPSTREAM_TIMEOUT',
    minMs: 100,
    maxMs: 300_000,
    default: 30_000,
    description: 'How long a service may take to begin its answer. Event streams may then be silent for ever.',
  }),
};

export type GatewayConfig = ConfigOf<typeof gatewayConfig>;
