import { temporaryFolder } from '@mooring/testing';
import { ensureSchemathesis, findPython, fuzz } from './fuzz/schemathesis.ts';
import { fuzzStream } from './fuzz/stream.ts';
import { connectionIn, startSystem, type System } from './system.ts';

const EXAMPLES = 15;
const TIME_MAX_SECONDS = 45;
const SEED = 20_261_121;

const python = findPython();
if (python === undefined)
  console.warn('Skipped: the API is fuzzed by Schemathesis, which needs Python 3.10 or later with venv.');

describe('the whole API, fuzzed', () => {
  let system: System;

  beforeAll(async () => {
    system = await startSystem({ args: ['--demo'] });
    await connectionIn(system, 'harbour-east', 'connected');
  }, 120_000);
  afterAll(() => system?.[Symbol.asyncDispose](), 60_000);

  (python === undefined ? it.skip : it)(
    'answers nothing but what its document says, never with 5xx, and only to who has the token',
    async () => {
      await using folder = await temporaryFolder();
      const installed = await ensureSchemathesis(python ?? '', (line) => console.info(line));
      const { url, token } = system;
      const { exitCode, output } = await fuzz({
        python: installed,
        url,
        token,
        examples: EXAMPLES,
        seed: SEED,
        timeMaxSeconds: TIME_MAX_SECONDS,
        workFolder: folder.path,
      });
      if (exitCode !== 0) throw new Error(output);
      // An installation that tried nothing would have found nothing either.
      expect(output).toMatch(/Operations:\s+20 selected|Selected: (?:19|20)\/20/);
      console.info(/^\s*\d+ generated.*$/m.exec(output)?.[0].trim());
    },
    180_000,
  );

  it('of the live stream too', async () => {
    await fuzzStream(system, { runs: 60, seed: SEED });
  }, 30_000);
});
