// Runs one of our programs on Node 24, after bringing what is missing: `node tools/up/run.mjs tools/bench/dist/src/main.js …`.
// For Node 20 and later, without dependencies.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { setInterval } from 'node:timers';
import { prepare, root } from './prepare.mjs';

const [program, ...args] = process.argv.slice(2);
const node = await prepare();
const child = spawn(node, ['--disable-warning=ExperimentalWarning', join(root, program), ...args], {
  stdio: 'inherit',
});
// Ctrl-C reaches the program by the terminal; this process waits for its end.
for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
process.on('SIGINT', () => undefined);
// npm passes a signal on to a shell only, which dies of it and leaves this process alone in the world.
if (process.env.npm_lifecycle_event !== undefined) {
  const { ppid } = process;
  setInterval(() => process.ppid === ppid || child.kill('SIGTERM'), 500);
}
child.on('exit', (code) => process.exit(code ?? 1));
