import type { Result } from '@mooring/kernel';
import { toProblem, unreachableProblem, type ApiProblem } from './problem.ts';

export type Answer<T> = Result<T, ApiProblem>;

export interface RequestOptions {
  readonly method?: 'GET' | 'POST';
  readonly query?: Readonly<Record<string, string | number | undefined>>;
  readonly body?: { readonly text: string; readonly contentType: string };
  readonly signal?: AbortSignal;
}

/** One call of the API. Resolves always: an expected refusal, a failure of the server and no answer at all are values. */
export type Request = <T>(path: string, options?: RequestOptions) => Promise<Answer<T>>;

export interface RequestDeps {
  readonly fetch: typeof fetch;
  /** Called for every 401, before the answer is handed on. */
  readonly onSignedOut: () => void;
}

const address = (path: string, query: RequestOptions['query'] = {}): string => {
  const given = Object.entries(query).flatMap(([key, value]) => (value === undefined ? [] : [[key, String(value)]]));
  return given.length === 0 ? path : `${path}?${new URLSearchParams(given).toString()}`;
};

const jsonOf = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

const traceIdOf = (response: Response): string | undefined =>
  /^00-([0-9a-f]{32})-/.exec(response.headers.get('traceparent') ?? '')?.[1];

/** A repeat of a command by the browser or a proxy must not count twice. Outside secure contexts there is no `randomUUID`. */
const idempotencyKey = (): Readonly<Record<string, string>> =>
  'randomUUID' in crypto ? { 'idempotency-key': crypto.randomUUID() } : {};

export function createRequest({ fetch, onSignedOut }: RequestDeps): Request {
  return async <T>(path: string, options: RequestOptions = {}): Promise<Answer<T>> => {
    const method = options.method ?? 'GET';
    try {
      const response = await fetch(address(path, options.query), {
        method,
        credentials: 'same-origin',
        headers: {
          accept: 'application/json, application/problem+json',
          ...(method === 'POST' ? idempotencyKey() : {}),
          ...(options.body === undefined ? {} : { 'content-type': options.body.contentType }),
        },
        ...(options.body === undefined ? {} : { body: options.body.text }),
        ...(options.signal === undefined ? {} : { signal: options.signal }),
      });
      const body = jsonOf(await response.text());
      if (response.status === 401) onSignedOut();
      return response.ok && body !== undefined
        ? { ok: true, value: body as T }
        : { ok: false, error: toProblem(response.ok ? 502 : response.status, body, traceIdOf(response)) };
    } catch {
      return { ok: false, error: unreachableProblem };
    }
  };
}
