import { delay } from '@mooring/kernel';
import { cpuTimeMs } from '../../cpu-time.ts';

/** Of one core, all processes together. */
const CORE_MAX = 0.15;
const LOOK_EVERY_MS = 1_000;
const LOOKS_AT_REST = 3;

/**
 * Waits until processes hardly work any more: three looks in a row, a second apart, at which they had taken at most 15 % of a core since the
 * one before. A control plane that was just given thousands of pods is at work for a while after they all run, and every reader of it is
 * slower then. Gives false when it has not come within `timeoutMs`. Where the system does not tell CPU times, it is at rest at once.
 */
export async function untilAtRest(pids: () => readonly number[], timeoutMs: number): Promise<boolean> {
  const deadline = performance.now() + timeoutMs;
  let looks = 0;
  while (looks < LOOKS_AT_REST) {
    if (performance.now() >= deadline) return false;
    const [before, startedAt] = [cpuTimeMs(pids()), performance.now()];
    await delay(LOOK_EVERY_MS);
    const core = (cpuTimeMs(pids()) - before) / (performance.now() - startedAt);
    looks = core <= CORE_MAX ? looks + 1 : 0;
  }
  return true;
}
