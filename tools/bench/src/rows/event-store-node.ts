import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { checkoutFolder } from '@mooring/engines';
import { readNodeTable } from '../node-table.ts';
import type { Row } from '../row.ts';

const TIMEOUT_MS = 120_000;

/** The node's own bench, in a process of its own; it says what it compares, and `--events` does not change it. */
export const eventStoreNode: Row = {
  name: 'event-store-node',
  eventsDefault: 0,
  async run() {
    const child = spawn(
      process.execPath,
      ['--conditions=development', '--disable-warning=ExperimentalWarning', 'test/bench/bench.ts'],
      {
        ...{ cwd: join(checkoutFolder(), 'libs/event-store-node'), timeout: TIMEOUT_MS },
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    const end = (): boolean => child.kill();
    process.once('exit', end);
    const [output, [code]] = (await Promise.all([text(child.stdout), once(child, 'exit')])) as [
      string,
      [number | null],
    ];
    process.removeListener('exit', end);
    if (code !== 0) throw new Error(`the bench of the event store node ended with ${code ?? 'a signal'}`);
    return readNodeTable(output);
  },
};
