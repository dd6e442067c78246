import { delay, messageOf } from '@mooring/kernel';
import type { CredentialDelivery } from './credentials.ts';

/** Compares credentials here and at discovery again and again until `signal` aborts. A round that fails is only reported: the next one does it. */
export async function reconcileForEver(
  credentials: CredentialDelivery,
  options: { readonly everyMs: number; readonly signal: AbortSignal; readonly onFailure: (message: string) => void },
): Promise<void> {
  const { everyMs, signal, onFailure } = options;
  while (!signal.aborted) {
    try {
      await credentials.reconcile();
    } catch (thrown) {
      onFailure(messageOf(thrown));
    }
    await delay(everyMs, signal);
  }
}
