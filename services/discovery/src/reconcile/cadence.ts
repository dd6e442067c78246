import { createBackoff } from '@mooring/kernel';
import type { Timing } from '../config.ts';
import type { Mode } from '../domain/mode.ts';
import type { FailedLook } from './look.ts';

/** When to look again. */
export interface Cadence {
  /** After a look that succeeded, in milliseconds. */
  afterSuccess(): number;
  /**
   * After one that failed, in milliseconds; `undefined`: not before there is a new decision. `reported` tells whether its
   * trouble has been said already; until then looks come quickly, so that it can be.
   */
  afterFailure(look: FailedLook, mode: Mode, reported: boolean): number | undefined;
  /** Somebody decided something: everything starts again. */
  restart(): void;
}

export function createCadence(
  timing: Omit<Timing, 'lostLooks' | 'lostWindowMs' | 'lookTimeoutMs'>,
  random: () => number = Math.random,
): Cadence {
  const away = createBackoff({ minMs: timing.retryMinMs, maxMs: timing.retryMaxMs, random });
  const shut = createBackoff({ minMs: timing.refusedRetryMinMs, maxMs: timing.refusedRetryMaxMs, random });
  const restart = (): void => {
    away.reset();
    shut.reset();
  };
  return {
    restart,
    afterSuccess() {
      restart();
      return timing.slowLookMs;
    },
    afterFailure({ trouble, retryAfterMs = 0 }, mode, reported) {
      if (trouble.kind === 'refused' && reported)
        return shut.attempts < timing.refusedRetries ? shut.next() : undefined;
      if (mode === 'look' && reported) return Math.max(timing.slowLookMs, retryAfterMs);
      return Math.max(away.next(), retryAfterMs);
    },
  };
}
