import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './paths.mjs';

const FILE = join(import.meta.dirname, 'durations.json');
/** A file that takes less may run at any time. */
const KEPT_FROM_SECONDS = 4;

/** How many seconds each long file of tests took when that was last recorded, by its path in the checkout. */
export const readDurations = () => (existsSync(FILE) ? JSON.parse(readFileSync(FILE, 'utf8')) : {});

/** Keeps what was measured now in place of what is known of these files; what is known of others stays. */
export function recordDurations(measured) {
  const known = new Map(Object.entries(readDurations()));
  for (const { file, seconds } of measured) {
    if (seconds < KEPT_FROM_SECONDS) known.delete(file);
    else known.set(file, Math.round(seconds));
  }
  const longestFirst = [...known]
    .filter(([file]) => existsSync(join(root, file)))
    .sort(([, one], [, other]) => other - one);
  writeFileSync(FILE, `${JSON.stringify(Object.fromEntries(longestFirst), undefined, 2)}\n`);
}
