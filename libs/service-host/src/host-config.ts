import { durationMs, integer, oneOf, secret, text, url } from './config/keys.ts';
import type { ConfigOf } from './config/spec.ts';

/** What every service understands, beside its own keys. */
export const hostConfigSpec = {
  httpHost: text({
    env: 'MOORING_HTTP_HOST',
    default: '127.0.0.1',
    description: 'Address to listen on. Loopback unless somebody means it.',
  }),
  httpPort: integer({
    env: 'MOORING_HTTP_PORT',
    min: 0,
    max: 65_535,
    description: 'Port of HTTP; 0 takes a free one.',
  }),
  internalSecret: secret({
    env: 'MOORING_INTERNAL_SECRET',
    minBytes: 32,
    description: 'What the gateway proves itself with to the services. The same file for all.',
  }),
  logLevel: oneOf({
    env: 'MOORING_LOG_LEVEL',
    values: ['trace', 'debug', 'info', 'warn', 'error', 'silent'],
    default: 'info',
    description: 'Least level that is logged.',
  }),
  stopTimeoutMs: durationMs({
    env: 'MOORING_STOP_TIMEOUT',
    minMs: 100,
    maxMs: 600_000,
    default: 10_000,
    description: 'Bound of a graceful stop; what is not done by then is cut off.',
  }),
  otlpEndpoint: url({
    env: 'OTEL_EXPORTER_OTLP_ENDPOINT',
    protocols: ['http:', 'https:'],
    optional: true,
    description: 'OpenTelemetry collector (OTLP over HTTP). Without it spans are made but not sent.',
  }),
};

export type HostConfig = ConfigOf<typeof hostConfigSpec>;
