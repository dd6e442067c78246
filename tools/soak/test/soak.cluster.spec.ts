import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { checkoutFolder } from '@mooring/engines';

/** Two minutes of faults, what they take longer on a busy machine, and the start of a cluster before; the limit ends what hangs. */
const RUN_MS = 900_000;

async function soak(...args: string[]): Promise<{ readonly code: number | null; readonly output: string }> {
  const main = join(checkoutFolder(), 'tools/soak/dist/src/main.js');
  const child = spawn(process.execPath, [main, ...args], { env: { ...process.env, NODE_OPTIONS: '' } });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += String(chunk)));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, output };
}

describe('the inventory of a real cluster that changes', () => {
  it(
    'equals it after every kind of fault, and nothing is listed while nothing is wrong',
    async () => {
      const { code, output } = await soak('--minutes', '2', '--every', '13', '--pods', '300', '--seed', '7');
      process.stdout.write(output);
      expect([code, output]).toEqual([0, expect.stringContaining('object by object, hash by hash')]);
    },
    RUN_MS,
  );
});
