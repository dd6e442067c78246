import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { checkoutFolder, environmentOf, freePortRow } from '@mooring/engines';
import { Failure, messageOf } from '@mooring/kernel';
import { until } from '@mooring/testing';
import type { BusAccess } from '../check/read-stream.ts';

/** `npm start` on a folder and ports of its own. */
export interface Installation extends AsyncDisposable {
  readonly url: string;
  /** The process of a component, as the ledger has it now. Throws when there is none. */
  pidOf(name: string): number;
  /** Where discovery keeps the inventory. */
  readonly inventoryUrl: string;
  /** The bus, for its read-only user {@link READER}. */
  readonly bus: BusAccess;
  /** Asks the gateway with the token; gives the JSON body. Throws a Failure on anything but 2xx. */
  ask<T>(method: string, path: string, body?: string): Promise<T>;
  /** Why it ended by itself, which it never should. */
  readonly ended: string | undefined;
}

/** Of the outside system that reads the bus. */
export const READER = 'soak';
const READY_TIMEOUT_MS = 120_000;
const ANSWER_TIMEOUT_MS = 10_000;
/** More than it takes in a row. */
const PORTS = 16;

/** Starts everything, as a user does, and waits until it says that it is ready; `settings` go to it as environment. */
export async function startInstallation(
  dataFolder: string,
  settings: Readonly<Record<string, string>>,
): Promise<Installation> {
  const port = await freePortRow(PORTS);
  const url = `http://127.0.0.1:${port}`;
  const main = join(checkoutFolder(), 'tools/up/dist/src/main.js');
  let lines: string[] = [];
  let ended: string | undefined;
  let stopping = false;
  const child: ChildProcess = spawn(
    process.execPath,
    [main, '--data', dataFolder, '--port', String(port), '--reader', READER],
    {
      env: { ...process.env, NODE_OPTIONS: '', NODE_NO_WARNINGS: '1', ...settings },
      stdio: ['ignore', 'pipe', 'pipe'],
      // Ctrl-C is for this tool, which then stops it.
      detached: true,
    },
  );
  for (const stream of [child.stdout, child.stderr])
    if (stream !== null)
      createInterface({ input: stream }).on('line', (line) => (lines = [...lines.slice(-200), line]));
  child.once('exit', (code) => {
    if (!stopping) ended = `npm start ended with ${code ?? 'a signal'}:\n${lines.slice(-20).join('\n')}`;
  });
  const stop = async (): Promise<void> => {
    stopping = true;
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill('SIGINT');
    await exited;
  };
  try {
    await until(
      'npm start to be ready',
      () => ended !== undefined || lines.some((line) => line.includes('Ctrl-C stops everything')),
      { timeoutMs: READY_TIMEOUT_MS, lastWords: () => lines.slice(-20).join('\n') },
    );
    if (ended !== undefined) throw new Failure('unavailable', ended);
  } catch (thrown) {
    await stop();
    throw thrown;
  }

  const pidOf = (name: string): number => {
    const { processes } = JSON.parse(readFileSync(join(dataFolder, 'processes.json'), 'utf8')) as {
      readonly processes: readonly { readonly name: string; readonly pid: number }[];
    };
    const pid = processes.findLast((one) => one.name === name)?.pid;
    if (pid === undefined) throw new Failure('unavailable', `${name} does not run`);
    return pid;
  };
  const secret = (name: string): string => readFileSync(join(dataFolder, 'secrets', name), 'utf8').trim();
  const token = secret('gateway.token');
  const settingsOfDiscovery = environmentOf(pidOf('discovery'));
  return {
    url,
    pidOf,
    inventoryUrl: settingsOfDiscovery['DISCOVERY_DATABASE_URL'] ?? '',
    bus: { url: settingsOfDiscovery['DISCOVERY_NATS_URL'] ?? '', seed: secret(`nats-reader-${READER}.seed`) },
    async ask<T>(method: string, path: string, body?: string) {
      const answer = await fetch(`${url}${path}`, {
        method,
        headers: {
          authorization: `Bearer ${token}`,
          ...(body !== undefined && { 'content-type': 'application/yaml' }),
        },
        signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
        ...(body !== undefined && { body }),
      });
      const text = await answer.text();
      if (!answer.ok) throw new Failure('unavailable', `${method} ${path} was answered ${answer.status}: ${text}`);
      return JSON.parse(text) as T;
    },
    get ended() {
      return ended;
    },
    async [Symbol.asyncDispose]() {
      await stop().catch((thrown: unknown) => console.error(messageOf(thrown)));
    },
  };
}
