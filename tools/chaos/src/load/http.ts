import type { Random } from '@mooring/testing';

/** An answer of the gateway. `body` is what JSON it holds. */
export interface Answer {
  readonly status: number;
  readonly retryAfter: string | undefined;
  readonly body: Readonly<Record<string, unknown>>;
}

export interface Request {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Asks the gateway once. Rejects when there is no whole answer, for whatever reason. */
export type Ask = (request: Request, timeoutMs: number) => Promise<Answer>;

export function createAsk(url: string, token: string): Ask {
  return async ({ method, path, headers, body }, timeoutMs) => {
    const response = await fetch(`${url}${path}`, {
      method,
      redirect: 'manual',
      headers: { authorization: `Bearer ${token}`, ...headers },
      signal: AbortSignal.timeout(timeoutMs),
      ...(body === undefined ? {} : { body }),
    });
    const text = await response.text();
    return {
      status: response.status,
      retryAfter: response.headers.get('retry-after') ?? undefined,
      body: (text === '' ? {} : JSON.parse(text)) as Readonly<Record<string, unknown>>,
    };
  };
}

const TIMEOUT_MS = 20_000;
const HANG_UP_CHANCE = 0.04;
const HANG_UP_MAX_MS = 25;

/** Mostly patient; now and then a caller who hangs up before it can be answered. */
export const patienceMs = (random: Random): number =>
  random.chance(HANG_UP_CHANCE) ? 1 + random.below(HANG_UP_MAX_MS) : TIMEOUT_MS;
