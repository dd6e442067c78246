import type { EngineProcess } from '@mooring/engines';
import { janitor } from './janitor.ts';

/** A process that can end and come back on the same port and data, as often as a test wants. */
export interface Restartable extends AsyncDisposable {
  /** Of the process that runs now, or ran last. */
  pid(): number;
  /** Ends it with SIGKILL and waits until it is gone. */
  crash(): Promise<void>;
  /** Ends it in order and waits until it is gone. */
  stop(): Promise<void>;
  /** Starts it again, on the same port and data, and waits until it is ready; when it still runs it is stopped first. */
  restart(): Promise<void>;
}

/** Starts by `start` now and at every restart; `cleanUp` runs once, on dispose, when no process is left. */
export async function createRestartable<P extends EngineProcess>(
  start: () => Promise<P>,
  cleanUp: () => PromiseLike<void>,
): Promise<Restartable & { readonly current: () => P }> {
  const watched = async (): Promise<P> => {
    const started = await start();
    janitor.watchProcess(started.pid);
    void started.exited.then(() => janitor.forgetProcess(started.pid));
    return started;
  };
  let running: P;
  try {
    running = await watched();
  } catch (thrown) {
    await cleanUp();
    throw thrown;
  }
  return {
    current: () => running,
    pid: () => running.pid,
    crash: () => running.kill(),
    stop: () => running.stop(),
    async restart() {
      await running.stop();
      running = await watched();
    },
    async [Symbol.asyncDispose]() {
      await running.stop();
      await cleanUp();
    },
  };
}
