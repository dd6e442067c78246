import { delay, messageOf } from '@mooring/kernel';

/** What a service says of itself at `/readyz`. */
interface Report {
  readonly contributors?: readonly { readonly name: string; readonly ready: boolean; readonly message?: string }[];
}

/** In words, what `/readyz` says is missing; the text itself where it is not understood. */
export function missingIn(text: string): string {
  try {
    const { contributors = [] } = JSON.parse(text) as Report;
    return contributors
      .filter(({ ready }) => !ready)
      .map(({ name, message }) => (message === undefined ? name : `${name} (${message})`))
      .join(', ');
  } catch {
    return text;
  }
}

/** What is not ready by then is named, and again so long after, if it is something else. */
const TELL_EVERY_MS = 15_000;

export interface UntilReadyOptions {
  readonly say: (message: string) => void;
  /** Ends the waiting. */
  readonly signal: AbortSignal;
  /** How often what is missing is told, in milliseconds; 15,000 unless told. */
  readonly tellEveryMs?: number;
}

/**
 * Waits, for as long as it takes, until the gateway is ready, which is when everything behind it is; says meanwhile what is missing.
 * Services that stand still for a reason serve what they can, and say it: that is no reason to stop them.
 */
export async function untilReady(
  gatewayUrl: string,
  { say, signal, tellEveryMs = TELL_EVERY_MS }: UntilReadyOptions,
): Promise<void> {
  let told: string | undefined;
  let toldAt = performance.now();
  while (!signal.aborted) {
    const missing = await missingAt(gatewayUrl, signal);
    if (missing === undefined) return;
    if (performance.now() - toldAt >= tellEveryMs && missing !== told) {
      say(`Not everything is ready yet, and it goes on trying. Missing: ${missing}`);
      told = missing;
      toldAt = performance.now();
    }
    await delay(50, signal);
  }
}

/** What is not ready, in words; nothing when all is. */
async function missingAt(gatewayUrl: string, signal: AbortSignal): Promise<string | undefined> {
  try {
    const response = await fetch(`${gatewayUrl}/readyz`, { signal });
    const text = await response.text();
    return response.ok ? undefined : missingIn(text);
  } catch (thrown) {
    return messageOf(thrown);
  }
}
