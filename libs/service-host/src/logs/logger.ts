import type { Logger as PinoLogger } from 'pino';

/** Structured logging: `log.info({ connectionId }, 'registered')`. Secrets are redacted in fields, messages and errors (`err`). */
export type Logger = Pick<PinoLogger, 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal'> & {
  child(bindings: Readonly<Record<string, unknown>>): Logger;
};
