import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { buildOnce, cacheFolder, checkoutFolder, runCommand } from '@mooring/engines';

const folder = join(checkoutFolder(), 'tools/up/test/fuzz');
const WINDOWS = process.platform === 'win32';

/** The first Python with what makes virtual environments; `undefined` where there is none. */
export function findPython(): string | undefined {
  return ['python3', 'python'].find(
    (program) =>
      spawnSync(program, ['-c', 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 10))']).status === 0,
  );
}

/**
 * Gives the Python of a virtual environment that holds Schemathesis and nothing that requirements.txt does not name with its hash;
 * makes it in the cache the first time, which needs PyPI.
 */
export async function ensureSchemathesis(python: string, say: (line: string) => void): Promise<string> {
  const requirements = join(folder, 'requirements.txt');
  const version = (await runCommand({ program: python, args: ['--version'] })).trim().replace(/\W+/g, '-');
  const content = createHash('sha256').update(readFileSync(requirements)).digest('hex').slice(0, 12);
  const target = join(cacheFolder(), `schemathesis-${version}-${process.platform}-${process.arch}-${content}`);
  const program = (environment: string): string => join(environment, WINDOWS ? 'Scripts/python.exe' : 'bin/python');
  await buildOnce({
    target,
    build: async (half) => {
      say(`installing Schemathesis, once per machine (into ${target})`);
      await runCommand({ program: python, args: ['-m', 'venv', half] });
      const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-deps'];
      await runCommand({
        program: program(half),
        args: [...pip, '--only-binary', ':all:', '--require-hashes', '-r', requirements],
      });
    },
  });
  return program(target);
}

export interface FuzzOptions {
  readonly python: string;
  readonly url: string;
  readonly token: string;
  /** Cases per operation and phase, at most. */
  readonly examples: number;
  readonly seed: number;
  /** The fuzzing ends after it, whether or not all examples were tried. */
  readonly timeMaxSeconds?: number;
  /** An empty folder for the run's own files. */
  readonly workFolder: string;
  readonly onLine?: (line: string) => void;
}

export interface FuzzReport {
  readonly exitCode: number | null;
  readonly output: string;
}

/**
 * Fuzzes every operation of the served OpenAPI document with every check that Schemathesis has: no 5xx, no undocumented status, media
 * type, header or body, nothing refused that fits, nothing taken that does not, no answer without the token. 0 is: nothing found.
 */
export function fuzz(options: FuzzOptions): Promise<FuzzReport> {
  const { python, url, token, examples, seed, timeMaxSeconds, workFolder, onLine } = options;
  // The stream's own document is of no use to a client of whole answers; the folder keeps what it finds for itself out of the checkout.
  for (const file of ['schemathesis.toml', 'hooks.py']) copyFileSync(join(folder, file), join(workFolder, file));
  const child = spawn(
    python,
    [
      ...['-m', 'schemathesis.cli', '--config-file', 'schemathesis.toml', 'run', `${url}/api/openapi.json`],
      ...['--header', `Authorization: Bearer ${token}`, '--seed', String(seed), '--max-examples', String(examples)],
      ...['--workers', '2', '--continue-on-failure', '--no-color', '--generation-database', 'none'],
      ...['--request-timeout', '20'],
      ...(timeMaxSeconds === undefined ? [] : ['--max-time', String(timeMaxSeconds)]),
    ],
    { cwd: workFolder, stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, SCHEMATHESIS_HOOKS: 'hooks' } },
  );
  const lines: string[] = [];
  for (const input of [child.stdout, child.stderr])
    createInterface({ input }).on('line', (line) => {
      lines.push(line);
      onLine?.(line);
    });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (exitCode) => resolve({ exitCode, output: lines.join('\n') }));
  });
}
