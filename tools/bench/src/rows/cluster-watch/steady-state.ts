import { delay } from '@mooring/kernel';
import { listsSince, type ServerLists } from '@mooring/kube-cluster';
import { percentile } from '../../percentile.ts';
import { createMarks, somePods } from './changes.ts';
import type { ApiClient } from './api-client.ts';
import { openCountingProxy } from './counting-proxy.ts';
import { SMALL_HEAP, startContestant, type Collection, type ContestantName, type Way } from './contestant.ts';
import { readLists } from './server-lists.ts';

export interface SteadyState {
  readonly seconds: number;
  /** Share of one core. */
  readonly core: number;
  readonly rssBytes: number;
  readonly peakRssBytes: number;
  /** From the API server, on the wire. */
  readonly bytes: number;
  readonly sent: number;
  readonly latenciesMs: readonly number[];
  /** Answered by the API server meanwhile, whoever asked. */
  readonly lists: ServerLists;
}

export interface SteadyOptions {
  readonly way: Way;
  readonly api: ApiClient;
  readonly collections: readonly Collection[];
  readonly perSecond: number;
  readonly forMs: number;
}

/** Whoever has just read 10,000 objects still collects its garbage. */
const SETTLE_MS = 3_000;
/** What was changed last is seen within this, or is missing. */
const LAST_MS = 5_000;
const OBJECTS = 1_000;

const portOf = ({ server }: Way): number => Number(new URL(server).port);

/** Follows the cluster through a proxy that counts, while labels change. */
export async function followChanges(name: ContestantName, options: SteadyOptions): Promise<SteadyState> {
  const { way, api, collections, perSecond, forMs } = options;
  await using proxy = await openCountingProxy(portOf(way));
  await using contestant = await startContestant(name, name === 'library' ? SMALL_HEAP : []);
  const marks = createMarks();
  contestant.onSeen = marks.seen;
  await contestant.know({ ...way, server: `https://127.0.0.1:${proxy.port}` }, collections);
  const pods = await somePods(api, OBJECTS);
  await delay(SETTLE_MS);
  const [bytesBefore, listsBefore, before, startedAt] = [
    proxy.bytes.fromServer,
    await readLists(api),
    await contestant.usage(),
    performance.now(),
  ];
  await marks.run(api, pods, { perSecond, forMs });
  const deadlineAt = performance.now() + LAST_MS;
  while (marks.latenciesMs.length < marks.sent && performance.now() < deadlineAt) await delay(20);
  const after = await contestant.usage();
  const seconds = (performance.now() - startedAt) / 1_000;
  return {
    seconds,
    core: (after.cpuMicros - before.cpuMicros) / 1_000_000 / seconds,
    rssBytes: after.rssBytes,
    peakRssBytes: after.peakRssBytes,
    bytes: proxy.bytes.fromServer - bytesBefore,
    sent: marks.sent,
    latenciesMs: marks.latenciesMs,
    lists: listsSince(listsBefore, await readLists(api)),
  };
}

export const describeLatencies = (latenciesMs: readonly number[]): string =>
  latenciesMs.length === 0
    ? 'none seen'
    : [0.5, 0.99, 1].map((share) => `${Math.round(percentile(latenciesMs, share))}`).join(' / ') +
      ' ms (p50 / p99 / most)';

/** What one full list brings over the wire. */
export async function listOnce(way: Way, collections: readonly Collection[], gzip: boolean) {
  await using proxy = await openCountingProxy(portOf(way));
  await using contestant = await startContestant('lister');
  const before = await contestant.usage();
  const { ms, objects } = await contestant.know(
    { ...way, server: `https://127.0.0.1:${proxy.port}` },
    collections,
    gzip,
  );
  const usage = await contestant.usage();
  return {
    ms,
    objects,
    bytes: proxy.bytes.fromServer,
    cpuMs: (usage.cpuMicros - before.cpuMicros) / 1_000,
    peakRssBytes: usage.peakRssBytes,
    rssBytes: usage.rssBytes,
  };
}
