import { peakBytes } from '@mooring/engines';
import { createRandom, withEvidence, type Say } from '@mooring/testing';
import { listUids } from './check/read-cluster.ts';
import { describeFault, type Fault } from './faults/fault.ts';
import { planFaults } from './faults/plan.ts';
import type { SoakOptions } from './options.ts';
import { runRound, untilEqual, type RoundResult } from './round.ts';
import { summaryOf } from './summary.ts';
import { openWorld, type World } from './world.ts';

const LISTS_TIMEOUT_MS = 60_000;

const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`;

/** Runs the whole soak, or ends at the first round that finds something, or after the one in which `stop` aborts. Gives whether nothing was found. */
export const runSoak = (options: SoakOptions, say: Say, stop: AbortSignal): Promise<boolean> =>
  withEvidence(
    {
      name: 'soak',
      keep: options.keep,
      holds: 'the product in data, its logs in data/logs, the cluster in cluster',
    },
    say,
    (folder) => runIn(folder, options, say, stop),
  );

async function runIn(folder: string, options: SoakOptions, say: Say, stop: AbortSignal): Promise<boolean> {
  const random = createRandom(options.seed);
  const rounds = Math.max(1, Math.round((options.minutes * 60) / options.everySeconds));
  const faults = planFaults(rounds, random.fork(), options.only);
  await using world = await openWorld(folder, options, random.fork(), say);
  await untilEqual(world);
  const results: { readonly fault: Fault; readonly result: RoundResult; readonly peakBytes: number }[] = [];
  for (const [index, fault] of faults.entries()) {
    if (stop.aborted) break;
    const number = index + 1;
    const result = await runRound({
      world,
      fault,
      random: random.fork(),
      everyMs: options.everySeconds * 1_000,
      number,
    });
    results.push({ fault, result, peakBytes: peakBytes(world.installation.pidOf('discovery')) });
    say(`${String(number).padStart(3)}  ${describeFault(fault)}: ${inWords(result)}`);
    if (result.findings.length > 0) {
      say(`\n${result.findings.map((finding) => `  ${finding}`).join('\n')}\n`);
      return false;
    }
  }
  const finding = await compareWithLists(world);
  if (finding !== undefined) {
    say(finding);
    return false;
  }
  say(summaryOf(results, world.churn.changes, world.follower.batches));
  return true;
}

const inWords = ({ recoveredMs, equalMs, objects, lists }: RoundResult): string =>
  [
    recoveredMs === undefined ? 'not followed again' : `followed again after ${seconds(recoveredMs)}`,
    equalMs === undefined ? 'not equal' : `equal ${seconds(equalMs)} after the last change`,
    `${objects} objects`,
    `${lists.recovering} collections read anew in recovery, ${lists.outside} else`,
  ].join('; ');

/**
 * At the end, what the API server lists is compared too, so that the library is not its own witness. Controllers finish what was begun, so what
 * differs is looked at again for a while.
 */
async function compareWithLists(world: World): Promise<string | undefined> {
  const deadlineAt = performance.now() + LISTS_TIMEOUT_MS;
  for (;;) {
    const { types, objects } = await untilEqual(world);
    const listed = await listUids(world.cluster, types);
    const missing = [...listed].filter((uid) => !objects.has(uid));
    const gone = [...objects.keys()].filter((uid) => !listed.has(uid));
    if (missing.length === 0 && gone.length === 0) return undefined;
    if (performance.now() > deadlineAt)
      return `the API server lists ${missing.length} objects that are not known, and not ${gone.length} that are: ${[...missing, ...gone].slice(0, 8).join(', ')}`;
  }
}
