import { delay } from '@mooring/kernel';
import type { Logger } from './logs/logger.ts';

export interface StopSteps {
  readonly log: Logger;
  readonly timeoutMs: number;
  /** Tells everybody that the stop has begun. */
  readonly announce: () => void;
  /** Stops accepting and waits for what is in flight. */
  readonly drain: () => Promise<void>;
  /** Ends what did not drain. */
  readonly cutOff: () => void;
  /** In the order of opening. */
  readonly resources: readonly AsyncDisposable[];
}

/** Of the bound, what draining may take; the rest is for closing. */
const DRAIN_SHARE = 0.7;

async function within(boundMs: number, work: Promise<unknown>): Promise<boolean> {
  const expiry = new AbortController();
  const done = await Promise.race([
    work.then(() => true),
    delay(Math.max(0, boundMs), expiry.signal).then(() => false),
  ]);
  expiry.abort();
  return done;
}

/** Closes one after the other, the last opened first. One that fails is logged and does not keep the others open. */
export async function disposeInReverse(resources: readonly AsyncDisposable[], log: Logger): Promise<void> {
  for (const resource of resources.toReversed()) {
    try {
      await resource[Symbol.asyncDispose]();
    } catch (thrown) {
      log.error({ err: thrown }, 'closing failed');
    }
  }
}

/**
 * Stops a service: announce, drain, close in reverse order, in `timeoutMs` altogether. Never throws; `drained` is false when
 * something had to be cut off or was still closing at the end.
 */
export async function stopInOrder({ log, timeoutMs, resources, ...steps }: StopSteps): Promise<{ drained: boolean }> {
  const startedAt = performance.now();
  const leftMs = (): number => timeoutMs - (performance.now() - startedAt);
  steps.announce();
  const draining = steps.drain().catch((thrown: unknown) => log.error({ err: thrown }, 'draining failed'));
  const drained = await within(timeoutMs * DRAIN_SHARE, draining);
  if (!drained) {
    log.warn({ afterMs: Math.round(performance.now() - startedAt) }, 'still busy: cutting connections');
    steps.cutOff();
  }
  const closed = await within(
    leftMs(),
    draining.then(() => disposeInReverse(resources, log)),
  );
  if (!closed) log.error({ timeoutMs }, 'not closed in time');
  return { drained: drained && closed };
}
