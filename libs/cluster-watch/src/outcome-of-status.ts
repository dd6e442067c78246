import { refusedBecause } from './explain.ts';
import type { KindRun, Outcome } from './kind-run.ts';
import { collectionPathOf } from './resource-type.ts';

/** What an answer other than 200 to a list or a watch means for this kind, or, for 401, for the whole link. */
export function outcomeOfStatus(
  { link, type }: KindRun,
  { status, retryAfterMs }: { readonly status: number; readonly retryAfterMs?: number },
): Outcome {
  const path = collectionPathOf(type);
  switch (status) {
    case 401:
      link.lose(refusedBecause('unauthorized', `the API server no longer knows who we are (401 for ${path})`));
      return { kind: 'link-lost' };
    case 403:
      return { kind: 'parked', state: 'forbidden', reason: `no right to list and watch ${path} (403)` };
    case 404:
      return { kind: 'parked', state: 'missing', reason: `this cluster does not serve ${path} (404)` };
    case 410:
      return { kind: 'gone' };
    default:
      return {
        kind: 'failed',
        reason: `the API server answered ${status} for ${path}`,
        ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
        // Where the version itself may be what it does not like (400, and 504 for one it has not reached), a first state helps.
        relist: status === 400 || status === 504,
      };
  }
}
