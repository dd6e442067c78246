import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { FromClients, ToClients } from './clients-main.ts';

/** Clients of one stream, in processes of their own. */
export interface Audience extends AsyncDisposable {
  /** Does `publish`, and resolves when every client has got what holds `marker`. */
  until(marker: string, publish: () => Promise<void>): Promise<void>;
}

/** More would only take the processors from the server. */
const PROCESSES = 2;

export const forkMain = (name: string): ChildProcess => {
  const child = fork(fileURLToPath(new URL(`./${name}.js`, import.meta.url)), {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  // Told to whoever awaits its next word.
  child.on('error', () => undefined);
  return child;
};

async function next(child: ChildProcess, kind: FromClients['kind']): Promise<void> {
  const ended = once(child, 'exit').then(() => {
    throw new Error('the clients ended before the stream');
  });
  const [message] = (await Promise.race([once(child, 'message'), ended])) as [FromClients];
  if (message.kind !== kind) throw new Error(`the clients said ${message.kind} instead of ${kind}`);
}

export async function gather(url: string, headers: Readonly<Record<string, string>>, count: number): Promise<Audience> {
  const children = Array.from({ length: PROCESSES }, () => forkMain('clients-main'));
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  const tell = (message: ToClients): void => {
    for (const child of children) child.send(message);
  };
  const all = (kind: FromClients['kind']) => Promise.all(children.map((child) => next(child, kind)));
  const connected = all('connected');
  tell({ kind: 'connect', url, headers: lines.join(''), count: count / PROCESSES });
  await connected;
  return {
    async until(marker, publish) {
      const done = all('done');
      tell({ kind: 'await', marker });
      await Promise.all([publish(), done]);
    },
    async [Symbol.asyncDispose]() {
      for (const child of children) child.disconnect();
      await Promise.all(children.filter(({ exitCode }) => exitCode === null).map((child) => once(child, 'exit')));
    },
  };
}

const TICKS_PER_SECOND = 100;

/** CPU time a process has used so far, in microseconds; nothing where there is no /proc. */
export async function cpuMicrosOf(pid: number): Promise<number | undefined> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  const fields = text?.slice(text.lastIndexOf(')') + 2).split(' ');
  const ticks = Number(fields?.[11]) + Number(fields?.[12]);
  return Number.isNaN(ticks) ? undefined : (ticks / TICKS_PER_SECOND) * 1_000_000;
}
