import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { checkoutFolder } from '@mooring/engines';
import { delay } from '@mooring/kernel';
import { temporaryFolder } from '@mooring/testing';
import { median } from '../median.ts';
import type { Row } from '../row.ts';
import { openCluster } from './cluster-watch/cluster-at-hand.ts';
import { describeFigure, ms } from './cluster-watch/figures.ts';

const PODS_DEFAULT = 10_000;
const ROUNDS = 3;
const GOAL_MS = 15_000;
const READY_TIMEOUT_MS = 120_000;
const CONNECTED_TIMEOUT_MS = 120_000;
const GONE_TIMEOUT_MS = 60_000;
/** Of ten in a row. */
const FIRST_PORT = 19_400;

interface Connection {
  readonly id: string;
  readonly state: string;
}

/** From a kubeconfig that a person hands in to a connection that is connected, in the system as `npm start` runs it. */
export const clusterWatchConnected: Row = {
  name: 'cluster-watch-connected',
  eventsDefault: 0,
  onlyByName: true,
  async run(options) {
    const pods = options.pods ?? PODS_DEFAULT;
    await using at = await openCluster(pods, options.clusterFolder);
    await at.growTo(pods);
    await using system = await startSystem();
    const timesMs: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const startedAt = performance.now();
      await system.ask('POST', '/api/imports', at.cluster.users.viewer.kubeconfig);
      const id = await until('connected', CONNECTED_TIMEOUT_MS, async () =>
        (await connections(system)).find(({ state }) => state === 'connected'),
      );
      timesMs.push(performance.now() - startedAt);
      await system.ask('POST', `/api/connections/${id.id}/delete`);
      await until('deleted', GONE_TIMEOUT_MS, async () => (await connections(system)).length === 0 || undefined);
    }
    const figure = {
      what: `kubeconfig → connected, ${pods} pods`,
      reached: `${ms(median(timesMs))} (${timesMs.map(ms).join(', ')})`,
      goal: { isReached: median(timesMs) <= GOAL_MS, inWords: `≤ ${ms(GOAL_MS)}` },
    };
    return { measurements: [], notes: ['', 'cluster-watch-connected, with npm start:', describeFigure(figure)] };
  },
};

const connections = async (system: System): Promise<readonly Connection[]> =>
  (await system.ask<{ readonly items: readonly Connection[] }>('GET', '/api/connections')).items;

interface System extends AsyncDisposable {
  /** Asks the gateway; gives the body. */
  ask<T>(method: string, path: string, body?: string): Promise<T>;
}

async function startSystem(): Promise<System> {
  await using stack = new AsyncDisposableStack();
  const folder = join(stack.use(await temporaryFolder()).path, 'data');
  const port = FIRST_PORT;
  const main = join(checkoutFolder(), 'tools/up/dist/src/main.js');
  const child = spawn(process.execPath, [main, '--data', folder, '--port', String(port)], {
    env: { ...process.env, NODE_NO_WARNINGS: '1' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const end = (): boolean => child.kill('SIGINT');
  process.once('exit', end);
  const ended = once(child, 'exit');
  stack.defer(async () => {
    end();
    await ended;
    process.removeListener('exit', end);
  });
  let isReady = false;
  createInterface({ input: child.stdout }).on('line', (line) => (isReady ||= line.includes('Ctrl-C stops everything')));
  await until('ready', READY_TIMEOUT_MS, () => Promise.resolve(isReady || undefined));
  const token = readFileSync(join(folder, 'secrets/gateway.token'), 'utf8').trim();
  const owned = stack.move();
  return {
    async ask<T>(method: string, path: string, body?: string) {
      const answer = await fetch(`http://127.0.0.1:${port}${path}`, {
        method,
        headers: {
          authorization: `Bearer ${token}`,
          ...(body !== undefined && { 'content-type': 'application/yaml' }),
        },
        ...(body !== undefined && { body }),
      });
      if (!answer.ok) throw new Error(`${method} ${path} was answered ${answer.status}: ${await answer.text()}`);
      return (await answer.json()) as T;
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

async function until<T>(what: string, timeoutMs: number, look: () => Promise<T | undefined>): Promise<T> {
  const deadlineAt = performance.now() + timeoutMs;
  for (;;) {
    const seen = await look();
    if (seen !== undefined) return seen;
    if (performance.now() > deadlineAt) throw new Error(`not ${what} within ${timeoutMs} ms`);
    await delay(50);
  }
}
