import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { signal } from '@mooring/engines';
import { Failure, messageOf } from '@mooring/kernel';
import { until } from '@mooring/testing';
import type { Component } from '../faults/fault.ts';

export interface InstallationOptions {
  /** The copy of the build that is run. */
  readonly build: string;
  readonly dataFolder: string;
  /** The first of its ports. */
  readonly port: number;
  /** Outside systems with a user on the bus. */
  readonly readers: readonly string[];
}

/** A death that `npm start` told of. */
export interface Death {
  readonly name: string;
  readonly why: string;
}

/** `npm start` on a folder and ports of its own. */
export interface Installation extends AsyncDisposable {
  readonly dataFolder: string;
  readonly url: string;
  readonly token: string;
  /** Starts it and waits until it says that it is ready; `settings` go to it as environment. */
  start(settings: Readonly<Record<string, string>>): Promise<void>;
  /** What Ctrl-C does. */
  stop(): Promise<void>;
  /** SIGKILL to it and to everything it started, in one go. */
  killAll(): Promise<void>;
  /** The process of a component, as the ledger has it now. */
  pidOf(name: Component): number | undefined;
  /** The process that keeps the others running. */
  readonly starterPid: number;
  /** Deaths it told of since the last start. */
  readonly deaths: readonly Death[];
  /** Why it ended by itself, which it never should. */
  readonly ended: string | undefined;
  secret(name: string): string;
}

const READY_TIMEOUT_MS = 120_000;
const BURIAL_TIMEOUT_MS = 10_000;

interface LedgerEntry {
  readonly name: string;
  readonly pid: number;
}

export function createInstallation({ build, dataFolder, port, readers }: InstallationOptions): Installation {
  let child: ChildProcess | undefined;
  let lines: string[] = [];
  let deaths: Death[] = [];
  let ended: string | undefined;

  const ledger = (): readonly LedgerEntry[] => {
    try {
      const text = readFileSync(join(dataFolder, 'processes.json'), 'utf8');
      return (JSON.parse(text) as { readonly processes: readonly LedgerEntry[] }).processes;
    } catch {
      return [];
    }
  };
  const onLine = (line: string): void => {
    lines = [...lines.slice(-200), line];
    const [, name, why] = /^(\S+) died \((.*)\); starting it again/.exec(line) ?? [];
    if (name !== undefined && why !== undefined) deaths.push({ name, why });
  };
  const gone = async (what: ChildProcess): Promise<void> => {
    if (what.exitCode === null && what.signalCode === null) await once(what, 'exit');
  };

  const installation: Installation = {
    dataFolder,
    url: `http://127.0.0.1:${port}`,
    get token() {
      return installation.secret('gateway.token');
    },
    async start(settings) {
      lines = [];
      deaths = [];
      const main = join(build, 'tools/up/dist/src/main.js');
      const asReaders = readers.flatMap((name) => ['--reader', name]);
      const started = spawn(process.execPath, [main, '--data', dataFolder, '--port', String(port), ...asReaders], {
        env: { ...process.env, NODE_OPTIONS: '', NODE_NO_WARNINGS: '1', ...settings },
        stdio: ['ignore', 'pipe', 'pipe'],
        // Ctrl-C is for the chaos tool, which then stops this.
        detached: true,
      });
      child = started;
      for (const stream of [started.stdout, started.stderr]) createInterface({ input: stream }).on('line', onLine);
      started.once('exit', (code) => {
        if (child === started) ended = `npm start ended with ${code ?? 'a signal'}:\n${lines.slice(-20).join('\n')}`;
      });
      const isReady = (): boolean => lines.some((line) => line.includes('Ctrl-C stops everything'));
      await until('npm start to be ready', () => isReady() || ended !== undefined, {
        timeoutMs: READY_TIMEOUT_MS,
        lastWords: () => lines.slice(-20).join('\n'),
      });
      if (ended !== undefined) throw new Failure('unavailable', ended);
    },
    async stop() {
      const stopping = child;
      if (stopping === undefined) return;
      child = undefined;
      stopping.kill('SIGINT');
      await gone(stopping);
    },
    async killAll() {
      const [all, killed] = [ledger(), child];
      child = undefined;
      killed?.kill('SIGKILL');
      for (const { pid } of all) signal(pid, 'SIGKILL');
      if (killed !== undefined) await gone(killed);
      // PostgreSQL takes one that is dead and not yet buried for another one that runs.
      const isBuried = (): boolean => all.every(({ pid }) => !signal(pid, 0));
      await until('the killed processes to be gone', isBuried, { timeoutMs: BURIAL_TIMEOUT_MS, everyMs: 5 });
    },
    pidOf: (name) => ledger().findLast((one) => one.name === name)?.pid,
    get starterPid() {
      if (child?.pid === undefined) throw new Error('it is not running');
      return child.pid;
    },
    get deaths() {
      return deaths;
    },
    get ended() {
      return ended;
    },
    secret: (name) => readFileSync(join(dataFolder, 'secrets', name), 'utf8').trim(),
    async [Symbol.asyncDispose]() {
      await installation.stop().catch((thrown: unknown) => console.error(messageOf(thrown)));
    },
  };
  return installation;
}
