import { pino, type DestinationStream, type Logger as PinoLogger } from 'pino';
import { activeTrace } from '../tracing/active-trace.ts';
import { redact, redactText } from './redact.ts';

/** Structured logging: `log.info({ connectionId }, 'registered')`. Secrets are redacted in fields, messages and errors (`err`). */
export type Logger = Pick<PinoLogger, 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal'> & {
  child(bindings: Readonly<Record<string, unknown>>): Logger;
};

export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'silent';

export interface LoggerOptions {
  readonly service: string;
  readonly level: LogLevel;
  /** Default: standard output, written synchronously so that the last line before an exit is there. */
  readonly destination?: DestinationStream;
}

/** Errors as a field, and their message in the line's place: pino would copy it there as it is. */
function redactArguments([first, ...rest]: readonly unknown[]): readonly unknown[] {
  const fields = first instanceof Error ? { err: first } : first;
  const err = typeof fields === 'object' && fields !== null && 'err' in fields ? fields.err : undefined;
  const all = rest.length === 0 && err instanceof Error ? [fields, err.message] : [fields, ...rest];
  return all.map((item) => (typeof item === 'string' ? redactText(item) : item));
}

/** pino formats the bindings of the first logger only, so those of children are redacted here. */
function redactBindings(log: PinoLogger): Logger {
  const child = log.child.bind(log);
  return Object.assign(log, {
    child: (bindings: Readonly<Record<string, unknown>>) =>
      redactBindings(child(redact(bindings) as Record<string, unknown>)),
  });
}

/**
 * One JSON object a line: `level` as a word, `time` RFC 3339 UTC, `service`, `msg`, the fields, and `traceId` and `spanId`
 * of the active span when there is one.
 */
export function createLogger({ service, level, destination }: LoggerOptions): Logger {
  const log = pino(
    {
      level,
      base: { service },
      timestamp: pino.stdTimeFunctions.isoTime,
      mixin: () => {
        const trace = activeTrace();
        return trace === undefined ? {} : { traceId: trace.traceId, spanId: trace.spanId };
      },
      // Fields given with a line win over those of the active span: a line about a request may be written outside of its span.
      mixinMergeStrategy: (fields, mixed) => ({ ...mixed, ...fields }),
      formatters: {
        level: (label) => ({ level: label }),
        log: (fields) => redact(fields) as Record<string, unknown>,
      },
      // pino's own serializer of errors would run after the redaction and see plain data.
      serializers: { err: (value: unknown) => value },
      hooks: {
        logMethod(args, method) {
          method.apply(this, redactArguments(args) as Parameters<typeof method>);
        },
      },
    },
    destination ?? pino.destination({ fd: 1, sync: true }),
  );
  return redactBindings(log);
}
