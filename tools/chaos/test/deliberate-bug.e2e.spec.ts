import { rm } from 'node:fs/promises';
import { chaos, RUN_MS } from './program.ts';

it(
  'the system with a deliberate bug is found out under fire, with what is wrong and how to repeat it',
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
