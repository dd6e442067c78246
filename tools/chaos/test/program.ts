import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { checkoutFolder } from '@mooring/engines';

/** Rounds take about fifteen seconds on two cores; the limit ends what hangs. */
export const RUN_MS = 600_000;

/** What `npm run chaos` runs. */
export async function chaos(...args: string[]): Promise<{ readonly code: number | null; readonly output: string }> {
  const main = join(checkoutFolder(), 'tools/chaos/dist/src/main.js');
  const child = spawn(process.execPath, [main, ...args], { env: { ...process.env, NODE_OPTIONS: '' } });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += String(chunk)));
  const [code] = await once(child, 'close');
  return { code, output };
}
