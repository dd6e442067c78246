import { spawn } from 'node:child_process';
import { Failure } from '@mooring/kernel';

export interface Command {
  readonly program: string;
  readonly args: readonly string[];
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly uid?: number;
  readonly gid?: number;
}

/** Runs a program to its end and gives what it wrote to stdout. A non-zero exit is a {@link Failure} with the last lines it wrote. */
export function runCommand({ program, args, ...options }: Command): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (stderr = (stderr + chunk.toString()).slice(-20_000)));
    child.on('error', (cause) =>
      reject(new Failure('not-found', `${program} cannot be run: ${cause.message}`, { cause })),
    );
    child.on('close', (code, signal) => {
      if (code === 0) resolve(stdout);
      else
        reject(
          new Failure(
            'unavailable',
            `${program} ${args[0] ?? ''} ended with ${signal ?? code ?? 'nothing'}: ${lastLines(stderr, 8)}`,
          ),
        );
    });
  });
}

const lastLines = (text: string, count: number): string => text.trimEnd().split('\n').slice(-count).join('\n');
