import { chaos, RUN_MS } from './program.ts';

it(
  'the system under fire loses nothing and does nothing twice, in ten rounds of every kind of fault',
  async () => {
    const { code, output } = await chaos('--rounds', '10');
    process.stdout.write(output);
    expect([code, output]).toEqual([0, expect.stringContaining('10 rounds, nothing lost and nothing twice')]);
  },
  RUN_MS,
);
