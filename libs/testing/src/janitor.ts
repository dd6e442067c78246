import { spawn, type ChildProcess } from 'node:child_process';
import { extname } from 'node:path';

/**
 * Cleans up after a test process that dies without doing so. A small process waits at the other end of a pipe; when the
 * pipe closes, because this process has ended in whatever way, it kills the processes and deletes the folders it was told of.
 */
export interface Janitor {
  watchProcess(pid: number): void;
  forgetProcess(pid: number): void;
  watchFolder(path: string): void;
  forgetFolder(path: string): void;
}

/** One order to the janitor's process, one JSON line each. */
export type JanitorOrder =
  | { readonly do: 'watch' | 'forget'; readonly pid: number }
  | { readonly do: 'watch' | 'forget'; readonly folder: string };

let process_: ChildProcess | undefined;

const tell = (order: JanitorOrder): void => {
  process_ ??= startHelper('janitor-process', [], 'ignore');
  process_.stdin?.write(`${JSON.stringify(order)}\n`);
};

export const janitor: Janitor = {
  watchProcess: (pid) => tell({ do: 'watch', pid }),
  forgetProcess: (pid) => tell({ do: 'forget', pid }),
  watchFolder: (folder) => tell({ do: 'watch', folder }),
  forgetFolder: (folder) => tell({ do: 'forget', folder }),
};

/** Starts one of this library's own programs, which ends when its stdin does, and does not keep this process alive. */
export function startHelper(name: string, args: readonly string[], stdout: 'pipe' | 'ignore'): ChildProcess {
  const file = `${import.meta.dirname}/${name}${extname(import.meta.filename)}`;
  const child = spawn(process.execPath, ['--conditions=development', '--no-warnings', file, ...args], {
    stdio: ['pipe', stdout, 'inherit'],
    detached: true,
    env: { ...process.env, NODE_OPTIONS: '' },
  });
  child.unref();
  // A pipe to a child is a socket, which can be left out of what keeps a process alive.
  for (const pipe of [child.stdin, child.stdout]) if (pipe !== null && 'unref' in pipe) (pipe.unref as () => void)();
  child.stdin?.on('error', () => undefined);
  return child;
}
