import { delay } from '@mooring/kernel';
import { percentile } from '../percentile.ts';
import type { Row } from '../row.ts';
import { describeFigure, mb, ms, percent, type Figure } from './cluster-watch/figures.ts';
import { startFleet } from './cluster-watch/fleet.ts';
import { startServices } from './cluster-watch/services-at-hand.ts';
import { describeLatencies } from './cluster-watch/steady-state.ts';

const CLUSTERS_DEFAULT = 100;
const OBJECTS_DEFAULT = 10_000;
const SECONDS_DEFAULT = 30;
const CHANGES_PER_SECOND = 500;
const MEMORY_MAX = 2.5e9;
const SETTLE_MS = 5_000;
const LAST_MS = 10_000;

/** Many simulated clusters in one process of discovery: what each quarter, half and all of them take, and all of them while they change. */
export const clusterWatchFleet: Row = {
  name: 'cluster-watch-fleet',
  eventsDefault: 0,
  onlyByName: true,
  async run({ clusters = CLUSTERS_DEFAULT, pods: objects = OBJECTS_DEFAULT, seconds = SECONDS_DEFAULT }) {
    await using fleet = await startFleet(clusters, objects);
    await using services = await startServices();
    const figures: Figure[] = [];
    const empty = await services.usage();
    let connected = 0;
    for (const size of [clusters / 4, clusters / 2, clusters].map(Math.ceil)) {
      const [before, from] = [await services.usage(), connected];
      const tookMs = await services.connect(await fleet.kubeconfig(from, size), size);
      connected = size;
      const after = await services.usage();
      await delay(SETTLE_MS);
      const { rssBytes } = await services.usage();
      const rows = (size - from) * objects;
      figures.push({
        what: `${size} clusters of ${objects} objects`,
        reached: [
          `${mb(rssBytes)} (${Math.round((rssBytes - empty.rssBytes) / (size * objects))} bytes an object)`,
          `${rows.toLocaleString('en-GB')} more connected in ${ms(tookMs)} (${Math.round(rows / (tookMs / 1_000)).toLocaleString('en-GB')}/s)`,
          `CPU ${Math.round((after.cpuMicros - before.cpuMicros) / rows)} µs each`,
        ].join(', '),
      });
    }

    const sentAtMs = new Map<string, number>();
    const latenciesMs: number[] = [];
    let sent = 0;
    fleet.onSent = (mark, atMs) => {
      sent += 1;
      sentAtMs.set(mark, atMs);
    };
    services.onSeen = (mark, atMs) => {
      const from = sentAtMs.get(mark);
      if (from === undefined) return;
      // A marked object may change again.
      sentAtMs.delete(mark);
      latenciesMs.push(atMs - from);
    };
    const before = await services.usage();
    const startedAt = performance.now();
    const changes = await fleet.churn(CHANGES_PER_SECOND, seconds * 1_000);
    const tookSeconds = (performance.now() - startedAt) / 1_000;
    const after = await services.usage();
    const deadlineAt = performance.now() + LAST_MS;
    while (sentAtMs.size > 0 && performance.now() < deadlineAt) await delay(20);
    const { peakRssBytes, rssBytes } = await services.usage();
    const p99 = latenciesMs.length === 0 ? Number.NaN : percentile(latenciesMs, 0.99);
    figures.push(
      {
        what: `most resident, ${Math.round(changes / tookSeconds)} changes/s`,
        reached: `${mb(peakRssBytes)}, ${mb(rssBytes)} at the end`,
        goal: { isReached: peakRssBytes <= MEMORY_MAX, inWords: `≤ ${mb(MEMORY_MAX)}` },
      },
      {
        what: 'of a core, discovery',
        reached: percent((after.cpuMicros - before.cpuMicros) / 1_000_000 / tookSeconds),
      },
      {
        what: `change → CloudEvent, ${latenciesMs.length} of ${sent}`,
        reached: describeLatencies(latenciesMs),
        goal: { isReached: p99 < 250 && latenciesMs.length === sent, inWords: 'p99 < 250 ms' },
      },
    );
    return { measurements: [], notes: ['', 'cluster-watch-fleet:', ...figures.map(describeFigure)] };
  },
};
