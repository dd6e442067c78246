/** Longer waits are not believed: a server that asks for a day is asked again after this. (Timers run at once above 2^31 ms.) */
const RETRY_AFTER_MS_MAX = 300_000;

/** What a server asked for, as far as it is obeyed: 0 to five minutes. */
export const believedMs = (askedForMs: number): number => Math.min(Math.max(askedForMs, 0), RETRY_AFTER_MS_MAX);

/** Reads seconds or an HTTP date (RFC 9110, 10.2.3); at most five minutes. */
export function retryAfterMsOf(header: string | undefined, now: number): number | undefined {
  if (header === undefined) return undefined;
  const ms = /^\d+$/.test(header.trim()) ? Number(header) * 1000 : Date.parse(header) - now;
  return Number.isNaN(ms) ? undefined : believedMs(ms);
}
