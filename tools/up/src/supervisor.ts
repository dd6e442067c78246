import { createBackoff, delay, Failure, messageOf } from '@mooring/kernel';
import type { EngineExit, EngineProcess } from '@mooring/engines';

/** One process that is kept running. */
export interface Component {
  readonly name: string;
  /** Starts it and resolves when it is ready. Called again after each death. */
  readonly start: () => Promise<EngineProcess>;
}

export interface SupervisorOptions {
  readonly onStarted: (name: string, process: EngineProcess) => void;
  readonly onEnded: (name: string, process: EngineProcess) => void;
  /** Told of every death and of what is done about it, in a sentence. */
  readonly say: (message: string) => void;
  readonly now?: () => number;
}

/** Keeps processes running, and stops them in reverse order. */
export interface Supervisor {
  /** Starts a component and resolves when it is ready; from then on it is kept running. Rejects when it cannot be started this first time. */
  run(component: Component): Promise<void>;
  /** Resolves with the reason when a component died too often to go on. */
  readonly gaveUp: Promise<Failure>;
  /** Stops everything, last started first. Calling it again waits for the same stop. */
  stop(): Promise<void>;
}

/** So many deaths of one component within a minute end everything: something is wrong that a restart does not cure. */
const DEATHS_MAX = 5;
const DEATHS_WINDOW_MS = 60_000;

interface Kept {
  readonly component: Component;
  process: EngineProcess | undefined;
  loop: Promise<void>;
}

export function createSupervisor({ onStarted, onEnded, say, now = Date.now }: SupervisorOptions): Supervisor {
  const kept: Kept[] = [];
  const stopping = new AbortController();
  const isStopping = (): boolean => stopping.signal.aborted;
  const { promise: gaveUp, resolve: giveUp } = Promise.withResolvers<Failure>();
  let stopped: Promise<void> | undefined;

  const start = async (one: Kept): Promise<EngineProcess> => {
    const process = await one.component.start();
    one.process = process;
    onStarted(one.component.name, process);
    return process;
  };

  const keepRunning = async (one: Kept, first: EngineProcess): Promise<void> => {
    const { name } = one.component;
    const backoff = createBackoff({ minMs: 250, maxMs: 8_000, random: () => 1 });
    const deaths: number[] = [];
    let process: EngineProcess | undefined = first;
    let why = '';
    while (!isStopping()) {
      if (process !== undefined) {
        why = describe(await process.exited);
        onEnded(name, process);
        one.process = undefined;
        process = undefined;
      }
      if (isStopping()) return;
      const at = now();
      while (deaths.length > 0 && at - (deaths[0] ?? 0) > DEATHS_WINDOW_MS) deaths.shift();
      if (deaths.length === 0) backoff.reset();
      deaths.push(at);
      if (deaths.length >= DEATHS_MAX) {
        giveUp(
          new Failure(
            'unavailable',
            `${name} died ${deaths.length} times within a minute, the last time with ${why}; its log says more`,
          ),
        );
        return;
      }
      const waitMs = backoff.next();
      say(`${name} died (${why}); starting it again in ${waitMs} ms`);
      await delay(waitMs, stopping.signal);
      if (isStopping()) return;
      try {
        process = await start(one);
        say(`${name} is back (process ${process.pid})`);
      } catch (thrown) {
        why = messageOf(thrown).split('\n')[0] ?? '';
      }
    }
  };

  return {
    gaveUp,
    async run(component) {
      const one: Kept = { component, process: undefined, loop: Promise.resolve() };
      kept.push(one);
      const process = await start(one);
      one.loop = keepRunning(one, process);
    },
    stop() {
      stopped ??= (async () => {
        stopping.abort();
        for (const one of [...kept].reverse()) {
          await one.process?.stop();
          await one.loop;
          // One that was just being started again when the stop began.
          await one.process?.stop();
        }
      })();
      return stopped;
    },
  };
}

const describe = ({ code, signal }: EngineExit): string =>
  signal === null ? `exit code ${code ?? 'unknown'}` : `signal ${signal}`;
