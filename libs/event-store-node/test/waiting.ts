import { setTimeout as pause } from 'node:timers/promises';

/** Resolves when the condition holds. @throws Error that names what was waited for, after `timeoutMs`. */
export async function until(what: string, condition: () => boolean, timeoutMs = 20_000): Promise<void> {
  const end = Date.now() + timeoutMs;
  while (!condition()) {
    if (Date.now() > end) throw new Error(`waited ${timeoutMs} ms in vain for ${what}`);
    await pause(5);
  }
}
