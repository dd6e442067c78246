import { createRandom, withEvidence, type Say } from '@mooring/testing';
import { describeFindings } from './checks/finding.ts';
import { memoryOf } from './checks/processes.ts';
import { describeFault } from './faults/fault.ts';
import { planFaults } from './faults/plan.ts';
import type { ChaosOptions } from './options.ts';
import { runRound, type Recovery } from './round.ts';
import { openWorld } from './world.ts';
import { summaryOf, type RoundFigures } from './summary.ts';

/** Runs all rounds, or ends at the first that finds something, or after the one in which `stop` aborts. Gives whether nothing was found. */
export const runChaos = (options: ChaosOptions, say: Say, stop: AbortSignal): Promise<boolean> =>
  withEvidence(
    {
      name: 'chaos',
      keep: options.keep,
      holds: 'the data in data, the logs in data/logs, what was run in build',
    },
    say,
    (folder) => runIn(folder, options, say, stop),
  );

const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`;

/** What took long is worth a word about why. */
const SLOW_MS = 5_000;
const LAST_LENGTH_MAX = 120;

const recoveryOf = (recovery: Recovery | undefined): string =>
  recovery === undefined
    ? 'did not recover'
    : `well again in ${seconds(recovery.ms)}${recovery.ms < SLOW_MS ? '' : ` (last: ${recovery.last.slice(0, LAST_LENGTH_MAX)})`}`;

async function runIn(folder: string, options: ChaosOptions, say: Say, stop: AbortSignal): Promise<boolean> {
  const random = createRandom(options.seed);
  const faults = planFaults(options.rounds, random.fork(), options.only);
  await using world = await openWorld(folder, options, random.fork());
  const { installation, asking, listener } = world.witnesses;
  const figures: RoundFigures[] = [];
  for (const [index, fault] of faults.entries()) {
    if (stop.aborted) break;
    const startedAt = performance.now();
    const result = await runRound({ ...world, fault, random: random.fork() });
    const memory = memoryOf(installation);
    figures.push({ fault, ...result, memory });
    const recovered = recoveryOf(result.recovery);
    const took = Math.round((performance.now() - startedAt) / 1_000);
    const { stored = 0 } = result.counts ?? {};
    say(
      `${String(index + 1).padStart(3)}  ${describeFault(fault)}: ${recovered}; ${asking.asked.length} asked, ${stored} stored; ${took} s (${seconds(result.settledMs)} to settle, ${seconds(result.comparedMs)} to compare)`,
    );
    if (result.findings.length > 0) {
      say(`\n${describeFindings(result.findings)}\n`);
      return false;
    }
  }
  say(summaryOf(figures, asking, listener.connections));
  return true;
}
