import { residentBytes } from '@mooring/engines';
import { COMPONENTS, type Component } from '../faults/fault.ts';
import type { Installation } from '../system/installation.ts';
import type { Check } from './finding.ts';

/** Of one process, after whatever happened to it. */
const RESIDENT_MAX_BYTES = 600 * 1_024 * 1_024;

const inMiB = (bytes: number): number => Math.round(bytes / 1_024 / 1_024);

/** Resident memory of every process, in MiB. */
export const memoryOf = (installation: Installation): Readonly<Record<Component, number>> =>
  Object.fromEntries(
    COMPONENTS.map((name) => [name, inMiB(residentBytes(installation.pidOf(name) ?? 0))] as const),
  ) as Record<Component, number>;

/** Nothing died but what was killed, everything runs, and nothing has grown beyond its bounds. */
export const checkProcesses =
  (installation: Installation, kills: ReadonlyMap<Component, number>): Check =>
  (say) => {
    if (installation.ended !== undefined) say(installation.ended);
    for (const name of COMPONENTS) {
      const deaths = installation.deaths.filter((death) => death.name === name);
      const killed = kills.get(name) ?? 0;
      if (deaths.length > killed)
        say(
          `${name} died ${deaths.length} times and was killed ${killed} times: ${deaths.map(({ why }) => why).join('; ')}`,
        );
      const bytes = residentBytes(installation.pidOf(name) ?? 0);
      if (bytes === 0) say(`${name} does not run`);
      if (bytes > RESIDENT_MAX_BYTES) say(`${name} takes ${inMiB(bytes)} MiB`);
    }
  };
