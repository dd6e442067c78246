// The model-based test of the event store node, run long: `npm run model -- --commands 100000`.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

const { values } = parseArgs({ options: { commands: { type: 'string', default: '100000' } } });
if (!/^[1-9][0-9]{0,8}$/.test(values.commands)) {
  console.error(`--commands ${values.commands} is not a whole number from 1`);
  process.exit(2);
}
const root = join(import.meta.dirname, '../..');
const child = spawn(
  process.execPath,
  [
    join(root, 'node_modules/jest/bin/jest.js'),
    '--selectProjects',
    'integration',
    '--',
    'libs/event-store-node/test/model',
  ],
  {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, NODE_OPTIONS: '--experimental-vm-modules', EVENTSTORE_MODEL_COMMANDS: values.commands },
  },
);
child.on('exit', (code) => process.exit(code ?? 1));
