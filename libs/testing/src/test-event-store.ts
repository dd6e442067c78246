import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { checkoutFolder, freePort, startProcess, type EngineProcess } from '@mooring/engines';
import { Failure } from '@mooring/kernel';
import { createRestartable, type Restartable } from './restartable.ts';
import { temporaryFolder } from './temporary-folder.ts';

export interface TestEventStoreOptions {
  /** What happens to a live subscriber that is more than 32 events behind. Default `catch-up`; EventStoreDB 23.10 does `disconnect`. */
  readonly slowSubscribers?: 'catch-up' | 'disconnect';
  readonly log?: (line: string) => void;
}

export interface TestEventStore extends Restartable {
  /** `esdb://127.0.0.1:PORT?tls=false` */
  readonly connectionString: string;
  readonly port: number;
  /** Of `/health/live`, `/info` and `/metrics`. */
  readonly httpPort: number;
  /** Deleted on dispose. */
  readonly dataFolder: string;
}

/** An event store node in a process of its own, ready, so that a test can kill it and see what is left. */
export async function startTestEventStore({
  slowSubscribers = 'catch-up',
  log,
}: TestEventStoreOptions = {}): Promise<TestEventStore> {
  const main = join(checkoutFolder(), 'libs', 'event-store-node', 'dist', 'src', 'main.js');
  if (!existsSync(main)) throw new Failure('not-found', `${main} is missing: run "npm run build" first`);
  const folder = await temporaryFolder();
  const [port, httpPort] = [await freePort(), await freePort()];
  const start = async (): Promise<EngineProcess> => {
    const { process: node } = await startProcess({
      what: 'the event store node',
      program: process.execPath,
      args: [
        ...['--no-warnings', main, '--insecure', '--port', String(port), '--http-port', String(httpPort)],
        ...['--data', join(folder.path, 'data'), '--slow-subscribers', slowSubscribers],
      ],
      // Under jest this process has options of its own, which are not for children.
      env: { ...process.env, NODE_OPTIONS: '' },
      readyWhen: (line) => (line.includes('"ready":true') ? true : undefined),
      log,
    });
    return node;
  };
  const restartable = await createRestartable(start, () => folder[Symbol.asyncDispose]());
  return Object.assign(restartable, {
    connectionString: `esdb://127.0.0.1:${port}?tls=false`,
    port,
    httpPort,
    dataFolder: folder.path,
  });
}
