const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

const whole = (ms: number, unitMs: number, unit: string): string => `${Math.floor(ms / unitMs)} ${unit}`;

/** `just now`, `40 s ago`, `3 min ago`, `5 h ago`, `12 d ago`. A moment in the future (clocks differ) is `just now`; no moment at all is empty. */
export function ago(time: string, nowMs: number): string {
  const ms = nowMs - Date.parse(time);
  if (Number.isNaN(ms)) return '';
  if (ms < 10 * SECOND_MS) return 'just now';
  if (ms < MINUTE_MS) return `${whole(ms, SECOND_MS, 's')} ago`;
  if (ms < HOUR_MS) return `${whole(ms, MINUTE_MS, 'min')} ago`;
  if (ms < DAY_MS) return `${whole(ms, HOUR_MS, 'h')} ago`;
  return `${whole(ms, DAY_MS, 'd')} ago`;
}

const two = (value: number): string => String(value).padStart(2, '0');

/** `2026-11-21 10:42:03` in the reader's own time zone; what is no time comes back as it is. */
export function localTime(time: string): string {
  const at = new Date(time);
  if (Number.isNaN(at.getTime())) return time;
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return `${day} ${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
}

/** `10:42:03` when it is of the same local day as `nowMs`, else with the date before it. */
export function shortTime(time: string, nowMs: number): string {
  const full = localTime(time);
  return full.slice(0, 10) === localTime(new Date(nowMs).toISOString()).slice(0, 10) ? full.slice(11) : full;
}

/** `1 context`, `3 contexts`, `1,200 contexts`. */
export const counted = (count: number, one: string, many = `${one}s`): string =>
  `${count.toLocaleString('en-GB')} ${count === 1 ? one : many}`;
