import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { Failure, delay } from '@mooring/kernel';
import type { Command } from './run-command.ts';

export interface EngineExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A process of ours. Disposing it stops it; nothing else does but its own end. */
export interface EngineProcess extends AsyncDisposable {
  readonly pid: number;
  /** Resolves when the process has ended, asked to or not; never rejects. */
  readonly exited: Promise<EngineExit>;
  /** Asks it to stop and waits; after `stopTimeoutMs` it is killed. Calling it again, or after its end, is harmless. */
  stop(): Promise<void>;
  /** Ends it as a crash would (SIGKILL) and waits until it is gone. */
  kill(): Promise<void>;
}

export interface StartProcess<Ready> extends Command {
  /** The engine's name in messages. */
  readonly what: string;
  /** Called with each line of output until it gives something: then the process is ready. */
  readonly readyWhen: (line: string) => Ready | undefined;
  /** Makes an early end understandable: gets the last lines of output, newest last. Default: quotes them. */
  readonly explain?: (lines: readonly string[]) => Failure | undefined;
  readonly readyTimeoutMs?: number;
  readonly stopSignal?: NodeJS.Signals;
  readonly stopTimeoutMs?: number;
  /** Told of the process as soon as there is one, long before it is ready: so that a start can be ended while it is under way. */
  readonly onSpawn?: ((process: EngineProcess) => void) | undefined;
  /** Told when it ends by itself after it was ready, neither stopped nor killed here, once its last line is read. */
  readonly onDeath?: ((why: Failure) => void) | undefined;
  /** Gets every line the process writes. */
  readonly log?: ((line: string) => void) | undefined;
}

const LINES_KEPT = 40;

/**
 * Starts a process and resolves when it says that it is ready. It runs in a process group of its own: Ctrl-C in a terminal
 * reaches only its starter, which stops it in its own order. When it ends early or is not ready in time the promise
 * rejects with a {@link Failure}, and no process is left.
 */
export async function startProcess<Ready>(
  options: StartProcess<Ready>,
): Promise<{ process: EngineProcess; ready: Ready }> {
  const { what, program, args, readyWhen, explain, readyTimeoutMs = 30_000, log } = options;
  const child = spawn(program, args, {
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    ...(options.uid === undefined ? {} : { uid: options.uid }),
    ...(options.gid === undefined ? {} : { gid: options.gid }),
    env: options.env ?? process.env,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  let phase: 'starting' | 'running' | 'asked to end' = 'starting';
  const engine = toEngineProcess(child, options, () => (phase = 'asked to end'));
  if (child.pid !== undefined) options.onSpawn?.(engine);
  const lines: string[] = [];
  const ready = new Promise<Ready>((resolve) => {
    const onLine = (line: string): void => {
      lines.push(line);
      if (lines.length > LINES_KEPT) lines.shift();
      log?.(line);
      const value = readyWhen(line);
      if (value === undefined) return;
      if (phase === 'starting') phase = 'running';
      resolve(value);
    };
    createInterface({ input: child.stdout }).on('line', onLine);
    createInterface({ input: child.stderr }).on('line', onLine);
  });
  const failed = new Promise<never>((_resolve, reject) => {
    child.once('error', (cause) =>
      reject(new Failure('not-found', `${what} cannot be run (${program}): ${cause.message}`, { cause })),
    );
    // 'close' comes after the last line of output, 'exit' may come before it.
    child.once('close', (code, signal) => {
      const how = `${what} ended with ${signal ?? code ?? 'nothing'}`;
      if (phase === 'running') options.onDeath?.(new Failure('unavailable', `${how}. It wrote:\n${lines.join('\n')}`));
      reject(
        explain?.(lines) ?? new Failure('unavailable', `${how} before it was ready. It wrote:\n${lines.join('\n')}`),
      );
    });
  });
  const timer = new AbortController();
  const tooLate = delay(readyTimeoutMs, timer.signal).then((): never => {
    throw new Failure('timeout', `${what} was not ready within ${readyTimeoutMs} ms. It wrote:\n${lines.join('\n')}`);
  });
  tooLate.catch(() => undefined);
  failed.catch(() => undefined);
  try {
    return { process: engine, ready: await Promise.race([ready, failed, tooLate]) };
  } catch (thrown) {
    await engine.kill();
    throw thrown;
  } finally {
    timer.abort();
  }
}

function toEngineProcess(
  child: ChildProcess,
  { stopSignal = 'SIGTERM', stopTimeoutMs = 10_000 }: Pick<StartProcess<unknown>, 'stopSignal' | 'stopTimeoutMs'>,
  onAsked: () => void,
): EngineProcess {
  const exited = new Promise<EngineExit>((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }));
    child.once('error', () => resolve({ code: null, signal: null }));
  });
  const kill = async (): Promise<void> => {
    onAsked();
    child.kill('SIGKILL');
    await exited;
  };
  const stop = async (): Promise<void> => {
    onAsked();
    child.kill(stopSignal);
    const patience = new AbortController();
    await Promise.race([exited, delay(stopTimeoutMs, patience.signal)]);
    patience.abort();
    await kill();
  };
  return { pid: child.pid ?? 0, exited, stop, kill, [Symbol.asyncDispose]: stop };
}
