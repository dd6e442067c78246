import { createBackoff, delay, Failure, isFailure, messageOf } from '@mooring/kernel';
import type { EngineExit, EngineProcess } from '@mooring/engines';

/** One process that is kept running. */
export interface Component {
  readonly name: string;
  /**
   * Starts it and resolves when it is ready; called again after each death. `onSpawn` has to be called as soon as there is a
   * process, before it is ready. Rejects when it ended before it was ready; then no process is left. What waits before there is
   * a process, for room on a disk, ends when `stopping` aborts.
   */
  readonly start: (onSpawn: (process: EngineProcess) => void, stopping: AbortSignal) => Promise<EngineProcess>;
}

export interface SupervisorOptions {
  /** Told of every process as soon as there is one, before it is ready. */
  readonly onSpawned: (name: string, process: EngineProcess) => void;
  readonly onEnded: (name: string, process: EngineProcess) => void;
  /** Told of every death and of what is done about it, in a sentence. */
  readonly say: (message: string) => void;
  /** Why a component ended, in its own words; empty where it said nothing. */
  readonly lastWords: (name: string) => string;
  readonly now?: () => number;
}

/** Keeps processes running, and stops them in reverse order. */
export interface Supervisor {
  /** Starts a component and resolves when it is ready; from then on it is kept running. Rejects when it cannot be started this first time. */
  run(component: Component): Promise<void>;
  /** Resolves with the reason when a component cannot be kept running: it died too often, or starting it again cannot help. */
  readonly gaveUp: Promise<Failure>;
  /** Stops everything, last started first, also what is just being started. Calling it again waits for the same stop. */
  stop(): Promise<void>;
  /** Ends at once (SIGKILL) what still runs: for a stop that takes too long for somebody. */
  kill(): void;
}

/** So many deaths of one component within a minute end everything: something is wrong that a restart does not cure. */
const DEATHS_MAX = 5;
const DEATHS_WINDOW_MS = 60_000;
const RESTART_MIN_MS = 250;
const RESTART_MAX_MS = 8_000;

/** A configuration that cannot be used (EX_CONFIG of sysexits.h): a restart would find the same one. */
const EXIT_CONFIG = 78;

interface Kept {
  readonly component: Component;
  process: EngineProcess | undefined;
  loop: Promise<void>;
}

interface Death {
  readonly why: string;
  readonly restartCanHelp: boolean;
}

export function createSupervisor(options: SupervisorOptions): Supervisor {
  const { onSpawned, onEnded, say, lastWords, now = () => performance.now() } = options;
  const kept: Kept[] = [];
  const stopping = new AbortController();
  const isStopping = (): boolean => stopping.signal.aborted;
  const { promise: gaveUp, resolve: giveUp } = Promise.withResolvers<Failure>();
  let stopped: Promise<void> | undefined;

  const start = async (one: Kept): Promise<EngineProcess> => {
    const { name } = one.component;
    let spawned: EngineProcess | undefined;
    try {
      return await one.component.start((process) => {
        spawned = process;
        one.process = process;
        onSpawned(name, process);
        void process.exited.then(() => {
          one.process = undefined;
          onEnded(name, process);
        });
        // A stop that began before there was a process could not stop it.
        if (isStopping()) void process.stop();
      }, stopping.signal);
    } catch (thrown) {
      if (spawned !== undefined && (await spawned.exited).code === EXIT_CONFIG)
        throw new Failure('invalid', messageOf(thrown), { cause: thrown });
      throw thrown;
    }
  };

  const deathOf = (name: string, exit: EngineExit): Death => {
    const words = exit.signal === null ? lastWords(name) : '';
    return {
      why: `${describe(exit)}${words === '' ? '' : `: ${words}`}`,
      restartCanHelp: exit.code !== EXIT_CONFIG,
    };
  };

  const keepRunning = async (one: Kept, first: EngineProcess): Promise<void> => {
    const { name } = one.component;
    const backoff = createBackoff({ minMs: RESTART_MIN_MS, maxMs: RESTART_MAX_MS, random: () => 1 });
    const deaths: number[] = [];
    let attempt: Promise<EngineProcess> = Promise.resolve(first);
    for (;;) {
      const death = await attempt.then(
        async (process) => deathOf(name, await process.exited),
        (thrown: unknown): Death => ({
          why: oneLine(messageOf(thrown)),
          restartCanHelp: !isFailure(thrown) || thrown.retryCanHelp,
        }),
      );
      if (isStopping()) return;
      const at = now();
      while (deaths.length > 0 && at - (deaths[0] ?? 0) > DEATHS_WINDOW_MS) deaths.shift();
      if (deaths.length === 0) backoff.reset();
      deaths.push(at);
      const over = reasonToGiveUp(name, death, deaths.length);
      if (over !== undefined) {
        giveUp(over);
        return;
      }
      const waitMs = backoff.next();
      say(`${name} died (${death.why}); starting it again in ${waitMs} ms`);
      await delay(waitMs, stopping.signal);
      if (isStopping()) return;
      attempt = start(one);
      attempt.then(
        (process) => say(`${name} is back (process ${process.pid})`),
        () => undefined,
      );
    }
  };

  return {
    gaveUp,
    async run(component) {
      if (isStopping())
        throw new Failure('unavailable', `${component.name} is not started: everything is being stopped`);
      const one: Kept = { component, process: undefined, loop: Promise.resolve() };
      kept.push(one);
      const first = start(one);
      one.loop = first.then(
        (process) => keepRunning(one, process),
        () => undefined,
      );
      await first;
    },
    stop() {
      stopping.abort();
      stopped ??= (async () => {
        for (const one of [...kept].reverse()) {
          await one.process?.stop();
          await one.loop;
        }
      })();
      return stopped;
    },
    kill() {
      stopping.abort();
      for (const one of kept) void one.process?.kill();
    },
  };
}

function reasonToGiveUp(name: string, { why, restartCanHelp }: Death, deaths: number): Failure | undefined {
  if (!restartCanHelp) return new Failure('invalid', `${name} ended, and starting it again cannot help (${why})`);
  return deaths < DEATHS_MAX
    ? undefined
    : new Failure('unavailable', `${name} died ${deaths} times within a minute, the last time with ${why}`);
}

/** Without the line breaks and the empty quotation at the end of a message that had nothing to quote. */
const oneLine = (message: string): string =>
  message.replaceAll(/\s*\n\s*/g, ' ').replace(/[.:]?\s*(It wrote:)?\s*$/, '');

const describe = ({ code, signal }: EngineExit): string =>
  signal === null ? `exit code ${code ?? 'unknown'}` : `signal ${signal}`;
