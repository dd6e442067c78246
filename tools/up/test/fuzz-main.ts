import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { messageOf } from '@mooring/kernel';
import { ensureSchemathesis, findPython, fuzz } from './fuzz/schemathesis.ts';
import { startSystem } from './system.ts';

const USAGE = `usage: npm run fuzz -- [--examples 200] [--seed 1]
Starts the system with the demo in a temporary folder and fuzzes its whole API with Schemathesis. Needs Python 3.10 or later.

  --examples N   test cases for each operation, from 1
  --seed N       the same ones again
  --help         this text`;

function parse() {
  const options = {
    examples: { type: 'string', default: '200' },
    seed: { type: 'string', default: '1' },
    help: { type: 'boolean', short: 'h', default: false },
  } as const;
  try {
    const { values } = parseArgs({ options });
    const { help, examples, seed } = values;
    return { help, examples: wholeNumber('examples', examples, 1), seed: wholeNumber('seed', seed, 0) };
  } catch (thrown) {
    console.error(`${messageOf(thrown)}\n\n${USAGE}`);
    return process.exit(2);
  }
}

function wholeNumber(name: string, text: string, min: number): number {
  const number = Number(text);
  if (!Number.isSafeInteger(number) || number < min) throw new Error(`--${name} ${text}: a whole number from ${min}`);
  return number;
}

const { help, examples, seed } = parse();
if (help) console.log(USAGE);
else process.exitCode = await main();

async function main(): Promise<number> {
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
