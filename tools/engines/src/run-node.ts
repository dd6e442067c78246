import { spawnSync } from 'node:child_process';

const TIME_MAX_MS = 30_000;

/**
 * Runs Node with these arguments to its end, and gives what it wrote; whatever it does, it is killed after 30 s, and `status` is null then.
 * Nothing else runs in this process meanwhile. `nodeOptions` take the place of those in the environment.
 */
export function runNode(
  args: readonly string[],
  nodeOptions = '',
): { readonly status: number | null; readonly stdout: string; readonly stderr: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    encoding: 'utf8',
    timeout: TIME_MAX_MS,
    killSignal: 'SIGKILL',
    env: { ...process.env, NODE_OPTIONS: nodeOptions },
  });
  return { status, stdout, stderr };
}
