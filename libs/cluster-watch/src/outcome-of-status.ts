import { refusedBecause } from './explain.ts';
import { collectionPathOf } from './resource-type.ts';
import { refusedRetryMsOf, type Outcome, type ScopeRun } from './scope-run.ts';
import type { StreamedAnswer } from './session.ts';

/** After so many attempts the 401 of one type is asked for again as seldom as a 403. */
const REFUSED_ATTEMPTS = 5;

/** What an answer other than 200 to a list or a watch means for this scope, or, for the 401 of the API server itself, for the whole link. */
export async function outcomeOfStatus(
  run: ScopeRun,
  { status, sentAt, retryAfterMs }: Pick<StreamedAnswer, 'status' | 'sentAt' | 'retryAfterMs'>,
): Promise<Outcome> {
  const { link, type, memory } = run;
  const path = collectionPathOf(type, memory.scope.namespace);
  switch (status) {
    case 401:
      if (!(await link.recognition.isGone(sentAt)))
        return {
          kind: 'failed',
          reason: `what serves ${path} does not know who we are (401); the API server itself does`,
          ...(memory.backoff.attempts < REFUSED_ATTEMPTS ? {} : { retryAfterMs: refusedRetryMsOf(run) }),
        };
      link.lose(refusedBecause('unauthorized', `the API server no longer knows who we are (401 for ${path})`));
      return { kind: 'over' };
    case 403:
      return { kind: 'parked', state: 'forbidden', reason: `no right to list and watch ${path} (403)` };
    case 404:
      // Once: a type that discovery names and the server does not have would be looked up for ever.
      if (memory.state?.state !== 'missing') link.catalogTouched(false);
      return { kind: 'parked', state: 'missing', reason: `this cluster does not serve ${path} (404)` };
    case 405:
      return { kind: 'parked', state: 'missing', reason: `${path} cannot be listed and watched (405)` };
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
