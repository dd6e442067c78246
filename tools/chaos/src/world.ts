import { join } from 'node:path';
import { checkoutFolder, freePortRow } from '@mooring/engines';
import type { Random } from '@mooring/testing';
import { AUDITOR, type Witnesses } from './checks/check-all.ts';
import { loadServices } from './facts/services.ts';
import { createInjector, type Injector } from './faults/inject.ts';
import { createAsker } from './load/asker.ts';
import { startBusReaders } from './load/bus-readers.ts';
import { createCallers, type Callers } from './load/callers.ts';
import { createFleet, type Fleet } from './load/fleet.ts';
import { createAsk } from './load/http.ts';
import { listen } from './load/listener.ts';
import { applyMutant, MUTANTS } from './mutants/mutants.ts';
import type { ChaosOptions } from './options.ts';
import { openBackDoors } from './system/back-doors.ts';
import { copyBuild } from './system/copy-build.ts';
import { createInstallation } from './system/installation.ts';
import { openWays, readAddresses } from './system/ways.ts';

/** The reader that reads along all the time. */
const READER = 'chaos';
const CLUSTERS = 6;
/** More than an installation takes in a row. */
const PORTS = 16;

/** Clusters come and go within a second instead of half a minute. */
const QUICK = {
  MOORING_UP_DISCOVERY_LOST_WINDOW: '1s',
  MOORING_UP_DISCOVERY_RETRY_MAX: '500ms',
  MOORING_UP_DISCOVERY_SLOW_LOOK: '1s',
};

/** An installation with everybody who uses it and everybody who watches it. */
export interface World extends AsyncDisposable {
  readonly witnesses: Witnesses;
  readonly injector: Injector;
  readonly callers: Callers;
  readonly fleet: Fleet;
}

/** Copies the build into `folder`, with the bug that was asked for, and starts everything. Disposing it ends everything; the folder stays. */
export async function openWorld(folder: string, { seed, mutant }: ChaosOptions, random: Random): Promise<World> {
  await using opening = new AsyncDisposableStack();
  const services = await loadServices(checkoutFolder());
  const build = await prepareBuild(join(folder, 'build'), mutant);
  const fleet = opening.use(await createFleet(CLUSTERS));
  const port = await freePortRow(PORTS);
  const dataFolder = join(folder, 'data');
  const installation = opening.use(createInstallation({ build, dataFolder, port, readers: [READER, AUDITOR] }));
  // The first start makes the secrets; from the second on, everything goes through ways that can be cut.
  await installation.start(QUICK);
  const addresses = readAddresses(installation);
  await installation.stop();
  const ways = opening.use(await openWays(addresses));
  const settings = { ...QUICK, ...ways.settings };
  await installation.start(settings);

  const doors = opening.use(openBackDoors(installation, addresses));
  const ask = createAsk(installation.url, installation.token);
  const asker = createAsker(ask);
  const listener = opening.use(listen(installation.url, installation.token, random.fork()));
  const readers = opening.use(await startBusReaders(doors.busOf(READER), READER));
  const injector = createInjector({ installation, ways, settings });
  const opened = opening.move();
  return {
    witnesses: { installation, doors, services, asking: asker, listener, readers, kills: injector.kills },
    injector,
    callers: createCallers({ ask, asker, clusters: fleet.clusters, random: random.fork(), run: `chaos-${seed}` }),
    fleet,
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

async function prepareBuild(build: string, name: string | undefined): Promise<string> {
  await copyBuild(checkoutFolder(), build);
  const mutant = MUTANTS.find((one) => one.name === name);
  if (mutant !== undefined) await applyMutant(mutant, build);
  return build;
}
