// `npm test` and its like, on Node 20 and later: brings what is missing, then runs the checks on Node 24.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { prepare, root } from '../up/prepare.mjs';

const node = await prepare();
const child = spawn(node, [join(root, 'tools/check/run.mjs'), ...process.argv.slice(2)], {
  cwd: root,
  stdio: 'inherit',
});
child.on('exit', (code) => process.exit(code ?? 1));
