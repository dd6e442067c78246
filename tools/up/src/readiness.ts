import { delay, Failure, messageOf } from '@mooring/kernel';

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

/** Waits until the gateway is ready, which is when everything behind it is; or until the signal. Throws a Failure `timeout` that says what is missing. */
export async function untilReady(gatewayUrl: string, signal: AbortSignal, timeoutMs: number): Promise<void> {
  const until = performance.now() + timeoutMs;
  let last = '';
  while (!signal.aborted && performance.now() < until) {
    try {
      const response = await fetch(`${gatewayUrl}/readyz`, { signal });
      const text = await response.text();
      if (response.ok) return;
      last = missingIn(text);
    } catch (thrown) {
      last = messageOf(thrown);
    }
    await delay(50, signal);
  }
  if (!signal.aborted) {
    throw new Failure('timeout', `not everything was ready within ${timeoutMs / 1000} s; missing: ${last}`);
  }
}
