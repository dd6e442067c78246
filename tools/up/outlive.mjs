// For a process that only starts the program and waits for it. Plain JavaScript for Node 20, without dependencies.
import { clearInterval, setInterval } from 'node:timers';

// As it was at first: the parent may be gone before the program runs.
const { ppid } = process;

/**
 * Asks `child` to stop when the shell between npm and this process is gone: npm passes a signal on to that shell only, which dies of
 * it and leaves this process alone in the world. Asks once, and not where a signal has come here: the program takes a request that
 * comes later than the first for somebody's impatience, and ends without order.
 */
export function endWithShell(child) {
  if (process.env.npm_lifecycle_event === undefined) return;
  const looking = setInterval(() => {
    if (process.ppid === ppid) return;
    clearInterval(looking);
    child.kill('SIGTERM');
  }, 500);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => clearInterval(looking));
}
