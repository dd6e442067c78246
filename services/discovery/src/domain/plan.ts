import type { Mode } from './mode.ts';

export interface DesiredWorker {
  readonly connectionId: string;
  readonly mode: Mode;
}

export interface WorkerPlan {
  readonly start: readonly string[];
  readonly stop: readonly string[];
}

/**
 * Which workers to start and which to stop. A connection at rest needs none, and one that still runs puts things in order and
 * ends by itself, as it does when it has forgotten what is gone; the caller leaves out what has been forgotten.
 */
export function planWorkers(desired: readonly DesiredWorker[], running: ReadonlySet<string>): WorkerPlan {
  const known = new Set(desired.map(({ connectionId }) => connectionId));
  return {
    start: desired
      .filter(({ connectionId, mode }) => mode !== 'rest' && !running.has(connectionId))
      .map(({ connectionId }) => connectionId),
    stop: [...running].filter((id) => !known.has(id)),
  };
}
