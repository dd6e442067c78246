import type { LoggerService } from '@nestjs/common';
import type { Logger } from './logger.ts';

const textOf = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

/** Lets Nest log through ours. Its start-up lines are detail: they become `debug`. */
export function createNestLogger(log: Logger): LoggerService {
  const write =
    (level: 'debug' | 'trace' | 'warn' | 'error' | 'fatal') =>
    (message: unknown, ...rest: unknown[]): void => {
      const context = rest.findLast((item): item is string => typeof item === 'string');
      if (message instanceof Error) log[level]({ err: message, context }, message.message);
      else log[level]({ context }, textOf(message));
    };
  return {
    log: write('debug'),
    debug: write('trace'),
    verbose: write('trace'),
    warn: write('warn'),
    error: write('error'),
    fatal: write('fatal'),
  };
}
