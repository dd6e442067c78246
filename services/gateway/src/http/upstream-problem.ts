import { Problem } from '@mooring/service-host';

/** How far a request had come when it went wrong. */
export interface Progress {
  /** The service accepted the connection, so it may have seen the request. */
  readonly connected: boolean;
  readonly timedOut: boolean;
  readonly method: string;
}

const READS = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * What to tell the caller of a request that a service did not answer: always 503 with the service's name. What may have
 * taken effect is `outcome-unknown`, so that nobody repeats it blindly; the other two had no effect.
 */
export function upstreamProblem(service: string, { connected, timedOut, method }: Progress): Problem {
  const options = { headers: { 'retry-after': timedOut ? '5' : '1' }, extensions: { service } };
  if (connected && !READS.has(method))
    return new Problem(503, 'outcome-unknown', 'It is not known whether this took effect', {
      ...options,
      detail: `The service ${service} did not answer. Repeat the request with the same Idempotency-Key, or read the state first.`,
    });
  return timedOut
    ? new Problem(503, 'timeout', 'A part of the system did not answer in time', {
        ...options,
        detail: `The service ${service} did not answer in time.`,
      })
    : new Problem(503, 'unavailable', 'A part of the system is not available', {
        ...options,
        detail: `The service ${service} cannot be reached. It may be starting.`,
      });
}
