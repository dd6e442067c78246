import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { root } from './paths.mjs';

// The end-to-end tests start the same programs some hundred times: what V8 made of their modules the first time is read from here
// after it, which saves a third of every start.
const compiled = mkdtempSync(join(tmpdir(), 'mooring-check-compiled-'));
process.on('exit', () => rmSync(compiled, { recursive: true, force: true }));
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(1));

const node = process.execPath;
const env = {
  ...process.env,
  PATH: `${dirname(node)}${delimiter}${process.env.PATH}`,
  NODE_OPTIONS: '--experimental-vm-modules --disable-warning=ExperimentalWarning',
  NODE_NO_WARNINGS: '1',
  NODE_COMPILE_CACHE: compiled,
};
// What is kept to be shown later is shown on the same terminal.
const coloured = process.stdout.isTTY && process.env.NO_COLOR === undefined ? { FORCE_COLOR: '1' } : {};

/** Runs one of our programs on this Node; gives its exit code. What it writes is shown at once, or passed on piece by piece. */
export function runProgram(args, onOutput) {
  return new Promise((resolve) => {
    const isShown = onOutput === undefined;
    const child = spawn(node, args, {
      cwd: root,
      env: isShown ? env : { ...env, ...coloured },
      stdio: isShown ? 'inherit' : ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of isShown ? [] : [child.stdout, child.stderr]) stream.on('data', onOutput);
    child.on('error', () => resolve(1));
    // 'close' comes after the last of the output, 'exit' may come before it.
    child.on('close', (code) => resolve(code ?? 1));
  });
}
