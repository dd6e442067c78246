import { spawn, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { checkoutFolder, freePortRow } from '@mooring/engines';
import { eventually, temporaryFolder } from '@mooring/testing';
import { PORTS_OF_DEMO } from '../src/options.ts';

export interface Answer<Body = any> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Body;
}

/** The whole system, started as a user starts it once packages are installed and built. */
export interface System extends AsyncDisposable {
  readonly dataFolder: string;
  readonly port: number;
  readonly url: string;
  readonly token: string;
  /** Everything it printed so far. */
  output(): string;
  /** Asks the gateway with the token. */
  call<Body = any>(
    method: string,
    path: string,
    options?: { body?: string; headers?: Record<string, string> },
  ): Promise<Answer<Body>>;
  /** Hands in a kubeconfig; gives the id of the import. */
  importKubeconfig(text: string): Promise<string>;
  /** The process id of a component, as the ledger has it. */
  pidOf(name: string): number;
  /** What Ctrl-C does; resolves with the exit code. */
  stop(): Promise<number | null>;
  /** Starts it again on the same data and ports. */
  start(args?: readonly string[]): Promise<void>;
  /** Resolves with the exit code when it ends by itself. */
  readonly exited: Promise<number | null>;
  readonly child: ChildProcess;
}

const main = join(checkoutFolder(), 'tools/up/dist/src/main.js');

export interface StartOptions {
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Wait until it says that it is ready; true unless told. */
  readonly ready?: boolean;
  readonly port?: number;
  readonly dataFolder?: string;
}

export async function startSystem(options: StartOptions = {}): Promise<System> {
  const folder = options.dataFolder === undefined ? await temporaryFolder() : undefined;
  const dataFolder = options.dataFolder ?? join(folder?.path ?? '', 'data');
  const port = options.port ?? (await freePortRow(PORTS_OF_DEMO));
  let output = '';
  let child: ChildProcess;
  let exited: Promise<number | null>;

  const spawnOnce = (args: readonly string[]): void => {
    child = spawn(process.execPath, [main, '--data', dataFolder, '--port', String(port), ...args], {
      // As strict as the oldest EventStoreDB that we serve: whoever falls behind is thrown out.
      env: {
        ...process.env,
        NODE_OPTIONS: '',
        MOORING_UP_EVENTSTORE_NODE_SLOW_SUBSCRIBERS: 'disconnect',
        ...options.env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const onLine = (line: string): void => void (output += `${line}\n`);
    createInterface({ input: child.stdout! }).on('line', onLine);
    createInterface({ input: child.stderr! }).on('line', onLine);
    exited = new Promise((resolve) => child.once('close', resolve));
  };
  const untilReady = async (): Promise<void> => {
    const ended = exited.then((code) => {
      throw new Error(`it ended with ${code} before it was ready:\n${output}`);
    });
    ended.catch(() => undefined);
    await Promise.race([
      ended,
      eventually(() => Promise.resolve(output.includes('Ctrl-C stops everything')), { timeoutMs: 90_000 }),
    ]);
  };

  const system: System = {
    dataFolder,
    port,
    url: `http://127.0.0.1:${port}`,
    get token() {
      return readFileSync(join(dataFolder, 'secrets/gateway.token'), 'utf8').trim();
    },
    output: () => output,
    async call(method, path, { body, headers } = {}) {
      const response = await fetch(`${system.url}${path}`, {
        method,
        redirect: 'manual',
        headers: { authorization: `Bearer ${system.token}`, ...headers },
        ...(body === undefined ? {} : { body }),
      });
      const text = await response.text();
      const isJson = /[/+]json\b/.test(response.headers.get('content-type') ?? '');
      return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text };
    },
    async importKubeconfig(text) {
      const answer = await system.call('POST', '/api/imports', {
        body: text,
        headers: { 'content-type': 'application/yaml' },
      });
      if (answer.status !== 202) throw new Error(`import answered ${answer.status}: ${JSON.stringify(answer.body)}`);
      return answer.body.id as string;
    },
    pidOf(name) {
      const ledger = JSON.parse(readFileSync(join(dataFolder, 'processes.json'), 'utf8'));
      return ledger.processes.find((one: { name: string }) => one.name === name)?.pid;
    },
    async stop() {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGINT');
      return exited;
    },
    async start(args = []) {
      output = '';
      spawnOnce(args);
      await untilReady();
    },
    get exited() {
      return exited;
    },
    get child() {
      return child;
    },
    async [Symbol.asyncDispose]() {
      await system.stop();
      await folder?.[Symbol.asyncDispose]();
    },
  };

  spawnOnce(options.args ?? []);
  if (options.ready ?? true) {
    try {
      await untilReady();
    } catch (thrown) {
      await system[Symbol.asyncDispose]();
      throw thrown;
    }
  }
  return system;
}

/** Waits until the only connection that fits is in a state; gives it. */
export const connectionIn = (system: System, name: string, state: string, timeoutMs = 30_000): Promise<any> =>
  eventually(
    async () => {
      const { body } = await system.call('GET', `/api/connections?name=${encodeURIComponent(name)}`);
      const found = body.items.find((item: { name: string }) => item.name === name);
      if (found?.state !== state)
        throw new Error(`${name} is ${JSON.stringify(found?.state)} ${JSON.stringify(found?.reason)}`);
      return found;
    },
    { timeoutMs },
  );

/** Waits until every context of an import has its outcome; gives them by context. */
export const outcomesOf = (system: System, importId: string): Promise<Record<string, any>> =>
  eventually(
    async () => {
      const { body } = await system.call('GET', `/api/imports/${importId}`);
      if (body.status !== 'completed') throw new Error(`the import is ${JSON.stringify(body)}`);
      return Object.fromEntries(body.contexts.map((context: { context: string }) => [context.context, context]));
    },
    { timeoutMs: 30_000 },
  );
