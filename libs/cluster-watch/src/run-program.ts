import { spawn, type ChildProcess } from 'node:child_process';
import { codeOf } from './error-words.ts';

export interface Program {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
}

export interface ProgramLimits {
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  readonly outputBytesMax: number;
}

/** `code` is empty where there is none: a program that a signal ended, an error that says nothing. */
export type ProgramEnd =
  | { readonly kind: 'exited'; readonly code: string; readonly output: string }
  | { readonly kind: 'not-started'; readonly code: string }
  | { readonly kind: 'stopped' }
  | { readonly kind: 'timeout' | 'too-much-output' };

/** A group of its own, so that what the program itself has started ends with it: a wrapper's child would live on. */
function start({ command, args, env }: Program): ChildProcess {
  return spawn(command, args, { env, stdio: ['ignore', 'pipe', 'ignore'], detached: true });
}

function endGroup(child: ChildProcess): void {
  try {
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
  } catch {
    child.kill('SIGKILL');
  }
  child.stdout?.destroy();
}

/**
 * Runs a program that is asked nothing and cannot ask: no input, no terminal. Never rejects. Where it is not `exited` when this resolves, it and
 * what it has started in its process group are killed; on abort at once.
 */
export function runProgram(
  program: Program,
  { timeoutMs, signal, outputBytesMax }: ProgramLimits,
): Promise<ProgramEnd> {
  return new Promise((resolve) => {
    if (signal.aborted) {
      resolve({ kind: 'stopped' });
      return;
    }
    let child: ChildProcess;
    try {
      child = start(program);
    } catch (error) {
      resolve({ kind: 'not-started', code: codeOf(error) });
      return;
    }
    const output: Buffer[] = [];
    let outputBytes = 0;
    const finish = (end: ProgramEnd): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
      resolve(end);
    };
    const giveUp = (kind: 'timeout' | 'stopped' | 'too-much-output'): void => {
      endGroup(child);
      finish({ kind });
    };
    const onAbort = (): void => giveUp('stopped');
    const timer = setTimeout(() => giveUp('timeout'), timeoutMs);
    signal.addEventListener('abort', onAbort, { once: true });
    child.stdout?.on('data', (chunk: Buffer) => {
      output.push(chunk);
      outputBytes += chunk.length;
      if (outputBytes > outputBytesMax) giveUp('too-much-output');
    });
    child.on('error', (error) => finish({ kind: 'not-started', code: codeOf(error) }));
    child.on('close', (code) => {
      finish({ kind: 'exited', code: String(code ?? ''), output: Buffer.concat(output).toString() });
    });
  });
}
