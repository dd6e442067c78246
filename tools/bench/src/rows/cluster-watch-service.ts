import { delay } from '@mooring/kernel';
import { describeLists, listsSince } from '@mooring/kube-cluster';
import { percentile } from '../percentile.ts';
import type { Row } from '../row.ts';
import { createMarks, somePods } from './cluster-watch/changes.ts';
import { exchangeDigest } from './cluster-watch/digest-exchange.ts';
import { openCluster } from './cluster-watch/cluster-at-hand.ts';
import { describeFigure, mb, ms, percent, type Figure } from './cluster-watch/figures.ts';
import { readLists } from './cluster-watch/server-lists.ts';
import { startServices } from './cluster-watch/services-at-hand.ts';
import { describeLatencies } from './cluster-watch/steady-state.ts';

const PODS_DEFAULT = 10_000;
const SECONDS_DEFAULT = 30;
const CHANGES_PER_SECOND = 5;
const P99_MAX_MS = 250;
const EXCHANGE_BYTES_MAX = 20_000;
const EXCHANGE_MS_MAX = 1_000;
const SETTLE_MS = 5_000;
const LAST_MS = 5_000;
const OBJECTS = 1_000;

/** A real control plane in the real service discovery: changes on their way to JetStream, and a restart with nothing changed. */
export const clusterWatchService: Row = {
  name: 'cluster-watch-service',
  eventsDefault: 0,
  onlyByName: true,
  async run(options) {
    const pods = options.pods ?? PODS_DEFAULT;
    await using at = await openCluster(pods, options.clusterFolder);
    await at.growTo(pods);
    await using services = await startServices();
    const { api, cluster } = at;
    const connectedMs = await services.connect(cluster.users.viewer.kubeconfig, 1);
    const objects = await somePods(api, OBJECTS);
    await delay(SETTLE_MS);

    const marks = createMarks();
    services.onSeen = marks.seen;
    const [before, listsBefore, startedAt] = [await services.usage(), await readLists(api), performance.now()];
    await at.collectionsRead();
    const forMs = (options.seconds ?? SECONDS_DEFAULT) * 1_000;
    await marks.run(api, objects, { perSecond: CHANGES_PER_SECOND, forMs });
    const deadlineAt = performance.now() + LAST_MS;
    while (marks.latenciesMs.length < marks.sent && performance.now() < deadlineAt) await delay(20);
    const after = await services.usage();
    const seconds = (performance.now() - startedAt) / 1_000;
    const lists = listsSince(listsBefore, await readLists(api));
    const read = await at.collectionsRead();
    const p99 = marks.latenciesMs.length === 0 ? Number.NaN : percentile(marks.latenciesMs, 0.99);

    const exchange = await exchangeDigest(services);
    const publishedBefore = { ...services.published };
    const bytesBefore = { ...services.database.bytes };
    const liveMs = await services.restartDiscovery(1);
    const bytes = {
      from: services.database.bytes.fromServer - bytesBefore.fromServer,
      to: services.database.bytes.fromClients - bytesBefore.fromClients,
    };
    const readAtRestart = await at.collectionsRead();
    const figures: readonly Figure[] = [
      { what: `kubeconfig → connected, ${pods} pods`, reached: ms(connectedMs) },
      {
        what: `change → CloudEvent, ${marks.latenciesMs.length} of ${marks.sent}`,
        reached: describeLatencies(marks.latenciesMs),
        goal: {
          isReached: p99 < P99_MAX_MS && marks.latenciesMs.length === marks.sent,
          inWords: `p99 < ${P99_MAX_MS} ms, all`,
        },
      },
      { what: 'of a core, discovery', reached: percent((after.cpuMicros - before.cpuMicros) / 1_000_000 / seconds) },
      { what: 'resident memory of discovery', reached: `${mb(after.rssBytes)}, at most ${mb(after.peakRssBytes)}` },
      {
        what: 'collections that discovery read anew',
        reached: describeRead(read),
        goal: { isReached: read.length === 0, inWords: 'none' },
      },
      { what: 'lists that the API server answered, to anybody', reached: describeLists(lists) },
      {
        what: 'restart: digest on the wire, both ways',
        reached: `${mb(exchange.bytes)} in ${ms(exchange.ms)}; were pods to differ, ${mb(exchange.bytesOfPods)} more`,
        goal: {
          isReached: exchange.bytes <= EXCHANGE_BYTES_MAX && exchange.ms < EXCHANGE_MS_MAX,
          inWords: `≤ ${mb(EXCHANGE_BYTES_MAX)} and < ${ms(EXCHANGE_MS_MAX)}`,
        },
      },
      { what: 'restart, nothing changed: live after', reached: ms(liveMs) },
      {
        what: 'restart: PostgreSQL gave : got',
        reached: `${mb(bytes.from)} : ${mb(bytes.to)}, all that discovery asks at its start`,
      },
      {
        what: 'restart: changes published',
        reached: `${services.published.changes - publishedBefore.changes}`,
        goal: { isReached: services.published.changes === publishedBefore.changes, inWords: 'none' },
      },
      { what: 'restart: collections read anew', reached: describeRead(readAtRestart) },
    ];
    return { measurements: [], notes: ['', 'cluster-watch-service:', ...figures.map(describeFigure)] };
  },
};

const describeRead = (collections: readonly string[]): string =>
  collections.length === 0 ? 'none' : `${collections.length}, of ${new Set(collections).size} types`;
