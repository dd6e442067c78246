import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkoutFolder } from '@mooring/engines';
import { AUDITOR, type Witnesses } from './checks/check-all.ts';
import { describeFindings } from './checks/finding.ts';
import { memoryOf } from './checks/processes.ts';
import { loadServices } from './facts/services.ts';
import { describeFault } from './faults/fault.ts';
import { createInjector } from './faults/inject.ts';
import { planFaults } from './faults/plan.ts';
import { createAsker } from './load/asker.ts';
import { startBusReaders } from './load/bus-readers.ts';
import { createCallers } from './load/callers.ts';
import { createFleet } from './load/fleet.ts';
import { createAsk } from './load/http.ts';
import { listen } from './load/listener.ts';
import { applyMutant, MUTANTS } from './mutants/mutants.ts';
import type { ChaosOptions } from './options.ts';
import { createRandom } from './random.ts';
import { runRound, type Recovery } from './round.ts';
import { copyBuild } from './system/copy-build.ts';
import { createInstallation, freePortRow } from './system/installation.ts';
import { openBackDoors } from './system/back-doors.ts';
import { openWays, readAddresses } from './system/ways.ts';
import { summaryOf, type RoundFigures } from './summary.ts';

/** The reader that reads along all the time. */
const READER = 'chaos';
const CLUSTERS = 6;

/** Clusters come and go within a second instead of half a minute. */
const QUICK = {
  MOORING_UP_DISCOVERY_LOST_WINDOW: '1s',
  MOORING_UP_DISCOVERY_RETRY_MAX: '500ms',
  MOORING_UP_DISCOVERY_SLOW_LOOK: '1s',
};

/** Runs all rounds, or ends at the first that finds something. Gives whether nothing was found. */
export async function runChaos(
  options: ChaosOptions,
  say: (line: string) => void,
  stop: AbortSignal,
): Promise<boolean> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'mooring-chaos-')));
  let isClean = false;
  try {
    isClean = await runIn(folder, options, say, stop);
    return isClean;
  } finally {
    if (isClean && !options.keep) await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
    else say(`Everything is kept: ${folder} (the data in data, the logs in data/logs, what was run in build).`);
  }
}

const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`;

/** What took long is worth a word about why. */
const SLOW_MS = 5_000;

const recoveryOf = (recovery: Recovery | undefined): string =>
  recovery === undefined
    ? 'did not recover'
    : `well again in ${seconds(recovery.ms)}${recovery.ms < SLOW_MS ? '' : ` (last: ${recovery.last})`}`;

async function runIn(
  folder: string,
  options: ChaosOptions,
  say: (line: string) => void,
  stop: AbortSignal,
): Promise<boolean> {
  const { seed, rounds, only, mutant: name } = options;
  const build = join(folder, 'build');
  const services = await loadServices(checkoutFolder());
  await copyBuild(checkoutFolder(), build);
  const mutant = MUTANTS.find((one) => one.name === name);
  if (mutant !== undefined) await applyMutant(mutant, build);

  const random = createRandom(seed);
  const faults = planFaults(rounds, random.fork(), only);
  const dataFolder = join(folder, 'data');
  await using fleet = await createFleet(CLUSTERS);
  await using installation = createInstallation({
    build,
    dataFolder,
    port: await freePortRow(),
    readers: [READER, AUDITOR],
  });
  // The first start makes the secrets; from the second on, everything goes through ways that can be cut.
  await installation.start(QUICK);
  const addresses = readAddresses(installation);
  await installation.stop();
  await using ways = await openWays(addresses);
  const settings = { ...QUICK, ...ways.settings };
  await installation.start(settings);
  await using doors = openBackDoors(installation, addresses);
  const ask = createAsk(installation.url, installation.token);
  const asker = createAsker(ask);
  const callers = createCallers({ ask, asker, clusters: fleet.clusters, random: random.fork(), run: `chaos-${seed}` });
  await using listener = listen(installation.url, installation.token, random.fork());
  await using readers = await startBusReaders(doors.busOf(READER), READER);
  const injector = createInjector({ installation, ways, settings });
  const witnesses: Witnesses = {
    installation,
    doors,
    services,
    asking: asker,
    listener,
    readers,
    kills: injector.kills,
  };

  const figures: RoundFigures[] = [];
  for (const [index, fault] of faults.entries()) {
    if (stop.aborted) return false;
    const startedAt = performance.now();
    const result = await runRound({ fault, random: random.fork(), injector, callers, fleet, witnesses });
    const memory = memoryOf(installation);
    figures.push({ fault, ...result, memory });
    const recovered = recoveryOf(result.recovery);
    const took = Math.round((performance.now() - startedAt) / 1_000);
    const { stored = 0 } = result.counts ?? {};
    say(
      `${String(index + 1).padStart(3)}  ${describeFault(fault)}: ${recovered}; ${asker.asked.length} asked, ${stored} stored; ${took} s (${seconds(result.settledMs)} to settle, ${seconds(result.comparedMs)} to compare)`,
    );
    if (result.findings.length > 0) {
      say(`\n${describeFindings(result.findings)}\n`);
      return false;
    }
  }
  say(summaryOf(figures, asker, listener.connections));
  return true;
}
