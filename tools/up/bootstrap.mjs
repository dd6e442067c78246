// Runs on Node 20 and later, before anything is installed: plain JavaScript, no dependencies. It brings what is missing
// (packages, Node 24, the build) and then hands over to the program itself.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { endWithShell } from './outlive.mjs';
import { prepare } from './prepare.mjs';

// What the start says it took counts from here, not from when everything was built.
const startedAt = Date.now() - performance.now();
// Who asks what there is needs nothing brought for it.
if (process.argv.slice(2).some((word) => word === '--help' || word === '-h')) {
  console.log(readFileSync(new URL('./help.txt', import.meta.url), 'utf8'));
  process.exit(0);
}
const main = fileURLToPath(new URL('./dist/src/main.js', import.meta.url));
const node = await prepare();
// The young generation as in the processes that it starts: an idle one keeps what it grew to while it loaded.
const flags = ['--disable-warning=ExperimentalWarning', '--max-semi-space-size=8'];
const child = spawn(node, [...flags, main, ...process.argv.slice(2)], {
  stdio: 'inherit',
  env: { ...process.env, MOORING_STARTED_AT: String(Math.round(startedAt)) },
});
// Whoever asks this process to stop asks the program, which stops everything in order; this one waits for it. Ctrl-C reaches both by
// the terminal; the program takes the two for one.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
endWithShell(child);
child.on('error', (error) => {
  console.error(`cannot run ${node}: ${error.message}`);
  process.exit(1);
});
child.on('exit', (code) => process.exit(code ?? 1));
