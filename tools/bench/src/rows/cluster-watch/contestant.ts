import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** How a contestant gets in. */
export interface Way {
  /** `https://127.0.0.1:PORT` */
  readonly server: string;
  readonly caPem: string;
  readonly token: string;
}

/** A collection over all namespaces, and whether only the metadata of its objects is read. */
export interface Collection {
  /** Such as `/apis/apps/v1/deployments`. */
  readonly path: string;
  readonly metadataOnly: boolean;
}

/** The label that marks a change, and tells which one it is. */
export const MARK_LABEL = 'bench-mark';

export type ToContestant =
  | { readonly kind: 'go'; readonly way: Way; readonly collections: readonly Collection[]; readonly gzip?: boolean }
  | { readonly kind: 'restart' }
  | { readonly kind: 'usage' };

/** What a contestant has when it knows the whole cluster. */
export interface Known {
  /** From `go` to the moment at which everything was known. */
  readonly ms: number;
  readonly objects: number;
  /** What it read; only the library says it. */
  readonly collections?: readonly Collection[];
  /** Only after a restart: what was exchanged to find that nothing differs. */
  readonly exchange?: Exchange;
}

/** How a watch that starts again found out what differs from what is known. */
export interface Exchange {
  /** Of all digests as JSON. */
  readonly digestBytes: number;
  /** Known objects that were asked for, since their bucket differed. */
  readonly objectsAsked: number;
  /** Changes that were emitted. */
  readonly changes: number;
  /** Spent in the exchange itself. */
  readonly ms: number;
}

export interface Usage {
  readonly cpuMicros: number;
  readonly rssBytes: number;
  readonly peakRssBytes: number;
}

/** Milliseconds since 1970 with fractions, the same clock in all processes of a machine. */
export const nowMs = (): number => performance.timeOrigin + performance.now();

export type FromContestant =
  | { readonly kind: 'loaded' }
  | ({ readonly kind: 'known' } & Known)
  | ({ readonly kind: 'usage' } & Usage)
  | { readonly kind: 'seen'; readonly marks: readonly string[]; readonly atMs: number }
  | { readonly kind: 'failed'; readonly message: string };

/** Tells the parent; for the programs that are contestants. */
export const tell = (message: FromContestant): void => void process.send?.(message);

export const usageNow = (): Usage => {
  const { user, system } = process.cpuUsage();
  return {
    cpuMicros: user + system,
    rssBytes: process.memoryUsage.rss(),
    peakRssBytes: process.resourceUsage().maxRSS * 1024,
  };
};

/** The main part of a contestant: answers the parent, and ends with it. A `go` that rejects is told as `failed`. */
export function serve(
  go: (message: Extract<ToContestant, { kind: 'go' }>) => Promise<Known>,
  restart?: () => Promise<Known>,
): void {
  const run = (work: Promise<Known> | undefined): void => {
    work?.then(
      (known) => tell({ kind: 'known', ...known }),
      (thrown: unknown) => tell({ kind: 'failed', message: thrown instanceof Error ? thrown.message : String(thrown) }),
    );
  };
  process.on('message', (message: ToContestant) => {
    if (message.kind === 'usage') tell({ kind: 'usage', ...usageNow() });
    else run(message.kind === 'go' ? go(message) : restart?.());
  });
  process.on('disconnect', () => process.exit(0));
  tell({ kind: 'loaded' });
}

export type ContestantName = 'library' | 'resumer' | 'raw-watch' | 'informer' | 'lister';

/** A process of its own that learns a cluster in its own way, and follows it if it can. */
export interface Contestant extends AsyncDisposable {
  readonly pid: number;
  /** Reads the whole cluster; can be asked again of a lister. */
  know(way: Way, collections: readonly Collection[], gzip?: boolean): Promise<Known>;
  /** Of the resumer: ends the watch and begins another one that is given what the first one knew. */
  restart(): Promise<Known>;
  usage(): Promise<Usage>;
  /** Is called for every marked change that it saw. */
  onSeen: ((mark: string, atMs: number) => void) | undefined;
}

const PATIENCE_MS = 180_000;

/**
 * V8 lets a heap grow as long as the machine has memory, and gives it back late. This is how a process is started that shall stay small;
 * the library holds about 4 MB of 10,000 pods.
 */
export const SMALL_HEAP = ['--max-semi-space-size=2', '--max-old-space-size=48'];

/** Starts the program, with these flags of node; resolves when it has loaded what it needs. */
export async function startContestant(name: ContestantName, flags: readonly string[] = []): Promise<Contestant> {
  const child: ChildProcess = fork(fileURLToPath(new URL(`./${name}-main.js`, import.meta.url)), {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    execArgv: ['--disable-warning=ExperimentalWarning', ...flags],
  });
  const exited = once(child, 'exit');
  const answer = <K extends 'loaded' | 'known' | 'usage'>(kind: K): Promise<Extract<FromContestant, { kind: K }>> =>
    new Promise((resolve, reject) => {
      const end = (): void => {
        clearTimeout(timer);
        child.off('message', onMessage).off('exit', onExit);
      };
      const fail = (message: string): void => {
        end();
        reject(new Error(`${name}: ${message}`));
      };
      const onExit = (): void => fail('it ended');
      const onMessage = (message: FromContestant): void => {
        if (message.kind === 'failed') fail(message.message);
        if (message.kind !== kind) return;
        end();
        resolve(message as Extract<FromContestant, { kind: K }>);
      };
      const timer = setTimeout(() => fail(`no "${kind}" within ${PATIENCE_MS} ms`), PATIENCE_MS);
      child.on('message', onMessage).once('exit', onExit);
    });
  const ask = async <K extends 'known' | 'usage'>(
    message: ToContestant,
    kind: K,
  ): Promise<Extract<FromContestant, { kind: K }>> => {
    const answered = answer(kind);
    child.send(message);
    return answered;
  };
  const contestant: Contestant = {
    pid: child.pid ?? 0,
    know: (way, collections, gzip = false) => ask({ kind: 'go', way, collections, gzip }, 'known'),
    restart: () => ask({ kind: 'restart' }, 'known'),
    usage: () => ask({ kind: 'usage' }, 'usage'),
    onSeen: undefined,
    async [Symbol.asyncDispose]() {
      if (child.connected) child.disconnect();
      await exited;
    },
  };
  child.on('message', (message: FromContestant) => {
    if (message.kind !== 'seen') return;
    for (const mark of message.marks) contestant.onSeen?.(mark, message.atMs);
  });
  await answer('loaded');
  return contestant;
}
