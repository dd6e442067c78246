// Runs one of our programs on Node 24, after bringing what is missing: `node tools/up/run.mjs tools/bench/dist/src/main.js …`.
// For Node 20 and later, without dependencies.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { endWithShell } from './outlive.mjs';
import { prepare, root } from './prepare.mjs';

const [program, ...args] = process.argv.slice(2);
const node = await prepare();
const child = spawn(node, ['--disable-warning=ExperimentalWarning', join(root, program), ...args], {
  stdio: 'inherit',
});
// Ctrl-C reaches the program by the terminal; this process waits for its end.
for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
process.on('SIGINT', () => undefined);
endWithShell(child);
child.on('exit', (code) => process.exit(code ?? 1));
