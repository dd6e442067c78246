import { delay } from '@mooring/kernel';
import type { Random } from '@mooring/testing';
import { offenceOf, type Asked, type Asking } from './asked.ts';
import { patienceMs, type Answer, type Ask, type Request } from './http.ts';

/** So long the same is asked again before it stays unanswered; then the check of the round says so. */
const GIVE_UP_AFTER_MS = 150_000;
const RETRY_MS = 250;
/** Now and then a caller asks again although it was answered. */
const AGAIN_CHANCE = 0.1;

/** Asks until it is answered, always under the same key, and remembers everything. */
export interface Asker extends Asking {
  /** Gives the answer that settled it; undefined when none came. */
  settle(what: Asked['what'], key: string, request: Request, random: Random): Promise<Answer | undefined>;
}

export function createAsker(ask: Ask): Asker {
  const asked: Asked[] = [];
  const offences: string[] = [];
  let unavailable = 0;
  let answeredAt = 0;

  const once = async (one: Asked, request: Request, timeoutMs: number): Promise<Answer | undefined> => {
    one.tries += 1;
    const answer = await ask(request, timeoutMs).catch(() => undefined);
    if (answer === undefined) return undefined;
    const offence = offenceOf(answer);
    if (offence !== undefined) offences.push(`${request.method} ${request.path}: ${offence}`);
    if (answer.status >= 500) {
      unavailable += 1;
      return undefined;
    }
    answeredAt = performance.now();
    one.answers.push(answer);
    return answer;
  };

  return {
    asked,
    offences,
    get unavailable() {
      return unavailable;
    },
    get answeredAt() {
      return answeredAt;
    },
    async settle(what, key, { headers, ...rest }, random) {
      const one: Asked = { what, key, tries: 0, answers: [] };
      asked.push(one);
      const request = { ...rest, headers: { ...headers, 'idempotency-key': key } };
      const until = performance.now() + GIVE_UP_AFTER_MS;
      for (let patience = patienceMs(random); performance.now() < until; patience = patienceMs(random)) {
        const answer = await once(one, request, patience);
        if (answer !== undefined) {
          if (random.chance(AGAIN_CHANCE)) await once(one, request, patienceMs(random));
          return answer;
        }
        await delay(RETRY_MS * random.next());
      }
      return undefined;
    },
  };
}
