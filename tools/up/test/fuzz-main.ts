import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ensureSchemathesis, findPython, fuzz } from './fuzz/schemathesis.ts';
import { startSystem } from './system.ts';

const USAGE = `usage: npm run fuzz -- [--examples 200] [--seed 1]
Starts the system with the demo in a temporary folder and fuzzes its whole API with Schemathesis. Needs Python 3.10 or later.`;

const { values } = parseArgs({
  options: {
    examples: { type: 'string', default: '200' },
    seed: { type: 'string', default: '1' },
    help: { type: 'boolean', default: false },
  },
});

if (values.help) console.log(USAGE);
else process.exitCode = await main(Number(values.examples), Number(values.seed));

async function main(examples: number, seed: number): Promise<number> {
  const python = findPython();
  if (python === undefined) {
    console.error('There is no Python 3.10 or later with venv here, which the fuzzer needs.');
    return 2;
  }
  const say = (line: string): void => console.log(line);
  const installed = await ensureSchemathesis(python, say);
  const workFolder = mkdtempSync(join(tmpdir(), 'mooring-fuzz-'));
  try {
    await using system = await startSystem({ args: ['--demo'] });
    const { url, token } = system;
    return (await fuzz({ python: installed, url, token, examples, seed, workFolder, onLine: say })).exitCode ?? 1;
  } finally {
    rmSync(workFolder, { recursive: true, force: true });
  }
}
