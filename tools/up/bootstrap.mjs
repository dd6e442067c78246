// Runs on Node 20 and later, before anything is installed: plain JavaScript, no dependencies. It brings what is missing
// (packages, Node 24, the build) and then hands over to the program itself.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { prepare } from './prepare.mjs';

const main = fileURLToPath(new URL('./dist/src/main.js', import.meta.url));
const node = await prepare();
const child = spawn(node, [main, ...process.argv.slice(2)], { stdio: 'inherit' });
// Ctrl-C reaches the program by the terminal; this process only waits for it to stop everything in order.
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => child.kill('SIGTERM'));
child.on('error', (error) => {
  console.error(`cannot run ${node}: ${error.message}`);
  process.exit(1);
});
child.on('exit', (code) => process.exit(code ?? 1));
