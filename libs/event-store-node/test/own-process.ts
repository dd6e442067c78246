import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export interface NodeProcess extends AsyncDisposable {
  readonly port: number;
  readonly httpPort: number;
  readonly connectionString: string;
  readonly pid: number;
  /** What it wrote to stderr until now. */
  said(): string;
  /** Sends the signal and waits for the end; gives the exit code (null if killed). */
  end(signal: NodeJS.Signals): Promise<number | null>;
}

/** What a node that did not start said, and its exit code. */
export class NotStarted extends Error {
  readonly exitCode: number | null;
  constructor(message: string, exitCode: number | null) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** What runs the program from its sources, and stands before its arguments. */
export const PROGRAM: readonly string[] = [
  '--conditions=development',
  '--disable-warning=ExperimentalWarning',
  fileURLToPath(new URL('../src/main.ts', import.meta.url)),
];

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the program to its end, as another user of the machine if `uid` is given. */
export function runProgram(args: readonly string[], uid?: number): Ended {
  const options = {
    encoding: 'utf8',
    env: { PATH: process.env['PATH'] },
    timeout: 60_000,
    ...(uid === undefined ? {} : { uid }),
  } as const;
  const { status, stdout, stderr } = spawnSync(process.execPath, [...PROGRAM, ...args], options);
  return { code: status, stdout, stderr };
}

/** Starts a node as a process of its own, from the sources, and waits until it is ready. */
export async function startNodeProcess(
  dataFolder: string,
  flags: readonly string[] = ['--insecure'],
  environment: Readonly<Record<string, string>> = {},
): Promise<NodeProcess> {
  const child = spawn(process.execPath, [...PROGRAM, '--data', dataFolder, '--port', '0', ...flags], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'], ...environment },
  });
  const exited = once(child, 'exit');
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
  const line = await Promise.race([
    once(createInterface(child.stdout), 'line').then(([first]: unknown[]) => String(first)),
    exited.then(() => undefined),
  ]);
  if (line === undefined) throw new NotStarted(said, child.exitCode);
  const ready = JSON.parse(line) as Pick<NodeProcess, 'port' | 'httpPort' | 'connectionString'>;
  const end = async (signal: NodeJS.Signals): Promise<number | null> => {
    child.kill(signal);
    await exited;
    return child.exitCode;
  };
  return {
    ...ready,
    pid: child.pid ?? 0,
    said: () => said,
    end,
    [Symbol.asyncDispose]: async () => {
      if (child.exitCode === null && child.signalCode === null) await end('SIGKILL');
    },
  };
}
