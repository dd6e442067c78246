import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { environmentOf, freePort, signal } from '@mooring/engines';
import type { SpineService } from '../src/faults/fault.ts';
import type { Installation } from '../src/system/installation.ts';

/** One instance of a service, asked as a probe asks it. */
export interface Instance {
  readonly service: SpineService;
  /** What it says of its parts, by their names. */
  parts(): Promise<ReadonlyMap<string, { readonly ready: boolean; readonly message: string }>>;
  /** How many messages it has handled. */
  handled(): Promise<number>;
}

/** A second instance of a service, beside the one that `npm start` keeps running: nobody starts it again. */
export interface Twin extends Instance, AsyncDisposable {
  signal(name: NodeJS.Signals): void;
}

const HANDLED = /^mooring_handler_seconds_count\{.*outcome="handled".*\} (\d+)$/gm;
const ANSWER_MS = 2_000;

function instanceAt(service: SpineService, port: number): Instance {
  const ask = (path: string): Promise<Response> =>
    fetch(`http://127.0.0.1:${port}${path}`, { signal: AbortSignal.timeout(ANSWER_MS) });
  return {
    service,
    async parts() {
      const report = (await (await ask('/readyz')).json()) as {
        readonly contributors: readonly { readonly name: string; readonly ready: boolean; readonly message?: string }[];
      };
      return new Map(report.contributors.map(({ name, ready, message = '' }) => [name, { ready, message }]));
    },
    async handled() {
      const text = await (await ask('/metrics')).text();
      return [...text.matchAll(HANDLED)].reduce((sum, [, count]) => sum + Number(count), 0);
    },
  };
}

const environmentOfService = (installation: Installation, service: SpineService): Readonly<Record<string, string>> =>
  environmentOf(installation.pidOf(service) ?? 0);

/** The instance that `npm start` keeps running. */
export const firstOf = (installation: Installation, service: SpineService): Instance =>
  instanceAt(service, Number(environmentOfService(installation, service)['MOORING_HTTP_PORT']));

/** Starts one more instance of a service with all that the first one was told, on a port of its own. */
export async function startTwin(installation: Installation, build: string, service: SpineService): Promise<Twin> {
  const port = await freePort();
  const child = spawn(process.execPath, [join(build, 'services', service, 'dist/src/main.js')], {
    env: { ...environmentOfService(installation, service), MOORING_HTTP_PORT: String(port) },
    stdio: 'ignore',
  });
  const pid = child.pid ?? 0;
  const exited = once(child, 'exit');
  return {
    ...instanceAt(service, port),
    signal: (name) => void signal(pid, name),
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}
