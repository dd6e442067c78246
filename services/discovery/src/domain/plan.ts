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
 * Which workers to start and which to stop. A connection at rest has none. What is gone keeps its worker until that has
 * forgotten it; the caller leaves out what has been forgotten.
 */
export function planWorkers(desired: readonly DesiredWorker[], running: ReadonlySet<string>): WorkerPlan {
  const wanted = new Set(desired.filter(({ mode }) => mode !== 'rest').map(({ connectionId }) => connectionId));
  return {
    start: [...wanted].filter((id) => !running.has(id)),
    stop: [...running].filter((id) => !wanted.has(id)),
  };
}
