import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { checkoutFolder } from '@mooring/engines';

/** Rounds take about fifteen seconds on two cores; the limit ends what hangs. */
const RUN_MS = 600_000;

async function chaos(...args: string[]): Promise<{ readonly code: number | null; readonly output: string }> {
  const main = join(checkoutFolder(), 'tools/chaos/dist/src/main.js');
  const child = spawn(process.execPath, [main, ...args], { env: { ...process.env, NODE_OPTIONS: '' } });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += String(chunk)));
  const [code] = await once(child, 'close');
  return { code, output };
}

describe('the system under fire', () => {
  it(
    'loses nothing and does nothing twice, in ten rounds of every kind of fault',
    async () => {
      const { code, output } = await chaos('--rounds', '10');
      process.stdout.write(output);
      expect([code, output]).toEqual([0, expect.stringContaining('10 rounds, nothing lost and nothing twice')]);
    },
    RUN_MS,
  );

  it(
    'with a deliberate bug is found out, with what is wrong and how to repeat it',
    async () => {
      const { code, output } = await chaos(
        '--rounds',
        '3',
        '--seed',
        '3',
        '--break',
        'resume-one-too-far',
        '--only',
        'kill:gateway',
      );
      const folder = /Everything is kept: (\S+)/.exec(output)?.[1];
      expect([code, output]).toEqual([1, expect.stringMatching(/live stream: \d+\n\s+\d+ came after \d+/)]);
      expect(output).toContain(
        'To repeat it: npm run chaos -- --rounds 3 --seed 3 --only kill:gateway --break resume-one-too-far',
      );
      if (folder !== undefined) await rm(folder, { recursive: true, force: true });
    },
    RUN_MS,
  );
});
