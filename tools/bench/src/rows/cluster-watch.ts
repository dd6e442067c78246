import { describeLists } from '@mooring/kube-cluster';
import { median } from '../median.ts';
import { percentile } from '../percentile.ts';
import type { Row, RowOptions } from '../row.ts';
import { openCluster, type ClusterAtHand } from './cluster-watch/cluster-at-hand.ts';
import { describeFigure, mb, ms, percent, times, type Figure } from './cluster-watch/figures.ts';
import { compareFirstStates, medianOf, readFirstState, type FirstStates } from './cluster-watch/first-state.ts';
import { restartUnchanged } from './cluster-watch/restart.ts';
import { describeLatencies, followChanges, listOnce } from './cluster-watch/steady-state.ts';

const PODS_DEFAULT = 10_000;
const ROUNDS = 7;
const STEADY_SECONDS_DEFAULT = 30;
const CHANGES_PER_SECOND = 5;
/** A uid and a hash, with what separates them. */
const KNOWN_OBJECT_BYTES = 65;
/** How often a system that has no watches looks. */
const LIST_EVERY_S = 30;
/** What noise may make of linear growth. */
const GROWTH_MAX = 1.2;
const MAX = { wall: 1.5, rssBytes: 110e6, core: 0.03, bytes: 0.02, exchangeBytes: 20_000, exchangeMs: 1_000 };

/**
 * A real control plane, known and followed by the library, by client-node's informers, and by listing everything every 30 seconds, each in
 * a process of its own with nothing else in it.
 */
export const clusterWatch: Row = {
  name: 'cluster-watch',
  eventsDefault: 0,
  onlyByName: true,
  async run(options) {
    const pods = options.pods ?? PODS_DEFAULT;
    await using at = await openCluster(pods, options.clusterFolder);
    const lines: string[] = [];
    const say = (heading: string, figures: readonly Figure[]): void => {
      lines.push('', `cluster-watch: ${heading}`, ...figures.map(describeFigure));
    };
    const sizes = new Map<number, FirstStates>();
    for (const size of [pods / 4, pods / 2, pods].map(Math.round)) {
      const there = await at.growTo(size);
      // A cluster that was kept has its size already.
      if (!sizes.has(there)) sizes.set(there, await compareFirstStates(at.way, ROUNDS));
    }
    const [size, full] = [...sizes].at(-1) ?? [];
    if (full === undefined) throw new Error('there was no size to measure');
    say(
      `first state of ${size} pods, ${full.objects} objects of ${full.collections.length} types`,
      await firstState(at, full),
    );
    say('growth', growth(sizes));
    say(`steady state, ${CHANGES_PER_SECOND} changes/s`, await steady(at, full, options));
    say('a restart with nothing changed', await restart(at));
    return { measurements: [], notes: lines };
  },
};

async function firstState(
  { way }: ClusterAtHand,
  { library, unbounded, raw, collections }: FirstStates,
): Promise<readonly Figure[]> {
  const informer = await readFirstState('informer', way, collections);
  const ratios = library.map((ours, round) => ours.ms / (raw[round]?.ms ?? Number.NaN));
  const ratio = median(ratios);
  const peak = medianOf(library, ({ usage }) => usage.peakRssBytes);
  return [
    {
      what: 'wall, library : raw watch',
      reached: `${ms(medianOf(library, (each) => each.ms))} : ${ms(medianOf(raw, (each) => each.ms))} = ${times(ratio)} (${times(Math.min(...ratios))} to ${times(Math.max(...ratios))})`,
      goal: { isReached: ratio <= MAX.wall, inWords: `≤ ${MAX.wall} ×` },
    },
    {
      what: 'CPU, library : raw watch',
      reached: `${ms(medianOf(library, (each) => each.cpuMs))} : ${ms(medianOf(raw, (each) => each.cpuMs))}`,
    },
    {
      what: 'most resident memory of the library',
      reached: mb(peak),
      goal: { isReached: peak <= MAX.rssBytes, inWords: `≤ ${mb(MAX.rssBytes)}` },
    },
    { what: 'the same, with the heap V8 takes by itself', reached: mb(unbounded.usage.peakRssBytes) },
    {
      what: `client-node's informers, ${informer.objects} objects of 8 types`,
      reached: `${ms(informer.ms)}, CPU ${ms(informer.cpuMs)}, ${mb(informer.usage.peakRssBytes)}`,
    },
  ];
}

/** What the sizes cost, and what an object more costs between the larger two and between the smaller two. */
export function growth(sizes: ReadonlyMap<number, FirstStates>): readonly Figure[] {
  const all = [...sizes.values()];
  const moreMicros = all.slice(1).map((large, index) => {
    const small = all[index] ?? large;
    const cpuMs = medianOf(large.library, (each) => each.cpuMs) - medianOf(small.library, (each) => each.cpuMs);
    return (cpuMs / (large.objects - small.objects)) * 1_000;
  });
  const [first, last] = [moreMicros.at(0), moreMicros.at(-1)];
  const linear = {
    what: 'CPU of one object more',
    reached: moreMicros.map((micros) => `${Math.round(micros)} µs`).join(', then '),
    // Of fewer than two differences nothing can be said: a cluster that was kept has one size.
    ...(moreMicros.length >= 2 &&
      first !== undefined &&
      last !== undefined && {
        goal: {
          isReached: last <= GROWTH_MAX * first,
          inWords: `not more than ${GROWTH_MAX} × as much when there are more`,
        },
      }),
  };
  const each = [...sizes].map(([pods, { library, objects }]) => ({
    what: `${pods} pods, ${objects} objects`,
    reached: [
      ms(medianOf(library, (each) => each.ms)),
      `CPU ${ms(medianOf(library, (each) => each.cpuMs))} (${Math.round((medianOf(library, (each) => each.cpuMs) / objects) * 1_000)} µs each)`,
      mb(medianOf(library, ({ usage }) => usage.peakRssBytes)),
    ].join(', '),
  }));
  return moreMicros.length === 0 ? each : [...each, linear];
}

async function steady(
  { way, api }: ClusterAtHand,
  { collections }: FirstStates,
  options: RowOptions,
): Promise<readonly Figure[]> {
  const forMs = (options.seconds ?? STEADY_SECONDS_DEFAULT) * 1_000;
  const following = { way, api, collections, perSecond: CHANGES_PER_SECOND, forMs };
  const library = await followChanges('library', following);
  const informer = await followChanges('informer', following);
  const plain = await listOnce(way, collections, false);
  const zipped = await listOnce(way, collections, true);
  const perSecond = library.bytes / library.seconds;
  const share = perSecond / (plain.bytes / LIST_EVERY_S);
  const p99 = library.latenciesMs.length === 0 ? Number.NaN : percentile(library.latenciesMs, 0.99);
  return [
    {
      what: 'of a core, library',
      reached: percent(library.core),
      goal: { isReached: library.core <= MAX.core, inWords: `≤ ${percent(MAX.core)}` },
    },
    {
      what: 'of a core, informers : list of 30 s',
      reached: `${percent(informer.core)} : ${percent(plain.cpuMs / 1_000 / LIST_EVERY_S)}`,
    },
    {
      what: 'resident memory, library : informers : list',
      reached: [library, informer, plain].map(({ rssBytes }) => mb(rssBytes)).join(' : '),
    },
    {
      what: 'lists that the API server answered',
      reached: describeLists(library.lists),
      goal: { isReached: library.lists.size === 0, inWords: 'none' },
    },
    { what: 'the same, beside the informers', reached: describeLists(informer.lists) },
    {
      what: 'bytes, library : list of 30 s',
      reached: `${mb(perSecond * LIST_EVERY_S)} : ${mb(plain.bytes)} = ${percent(share)}`,
      goal: { isReached: share <= MAX.bytes, inWords: `≤ ${percent(MAX.bytes)}` },
    },
    {
      what: 'the same list, gzipped by the server',
      reached: `${mb(zipped.bytes)}, so ${percent((perSecond * LIST_EVERY_S) / zipped.bytes)}`,
    },
    { what: 'bytes in 30 s, informers', reached: mb((informer.bytes / informer.seconds) * LIST_EVERY_S) },
    {
      what: `change → sink, ${library.latenciesMs.length} of ${library.sent}`,
      reached: describeLatencies(library.latenciesMs),
      goal: { isReached: p99 < 250 && library.latenciesMs.length === library.sent, inWords: 'p99 < 250 ms, all' },
    },
    {
      what: `change → informer, ${informer.latenciesMs.length} of ${informer.sent}`,
      reached: describeLatencies(informer.latenciesMs),
    },
  ];
}

async function restart({ way }: ClusterAtHand): Promise<readonly Figure[]> {
  const { exchange, ms: knownMs } = await restartUnchanged(way);
  if (exchange === undefined) throw new Error('the watch did not say what was exchanged');
  const bytes = exchange.digestBytes + exchange.objectsAsked * KNOWN_OBJECT_BYTES;
  return [
    {
      what: 'exchanged, as JSON',
      reached: `${mb(bytes)} (${exchange.objectsAsked} objects asked for) in ${ms(exchange.ms)}`,
      goal: {
        isReached: bytes <= MAX.exchangeBytes && exchange.ms < MAX.exchangeMs,
        inWords: `≤ ${mb(MAX.exchangeBytes)} and < ${ms(MAX.exchangeMs)}`,
      },
    },
    {
      what: 'changes emitted',
      reached: String(exchange.changes),
      goal: { isReached: exchange.changes === 0, inWords: 'none' },
    },
    { what: 'everything known again after', reached: ms(knownMs) },
  ];
}
