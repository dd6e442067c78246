import { cp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { hasEnded, signal, treeOf } from '@mooring/engines';
import { delay } from '@mooring/kernel';
import type { Installation } from '../system/installation.ts';
import type { Ways } from '../system/ways.ts';
import type { Component, Fault } from './fault.ts';

/** What faults are done to. */
export interface Victim {
  readonly installation: Installation;
  readonly ways: Ways;
  /** Given to `npm start` at every start. */
  readonly settings: Readonly<Record<string, string>>;
}

/** `npm start` gives up when one process dies five times within a minute; the tool stays below. */
const DEATHS_MAX = 3;
const DEATHS_WINDOW_MS = 65_000;

/** Does faults. */
export interface Injector {
  /** Copies JetStream's files as a power cut would find them; the next power cut puts this copy back. */
  remember(): Promise<void>;
  /** Resolves when the fault is over, with the moment (`performance.now()`) from which on everything could recover. */
  inject(fault: Fault): Promise<number>;
  /** How often each component was killed since the last start. */
  readonly kills: ReadonlyMap<Component, number>;
}

export function createInjector({ installation, ways, settings }: Victim): Injector {
  const kills = new Map<Component, number>();
  const killedAt = new Map<Component, readonly number[]>();
  const files = join(installation.dataFolder, 'nats');
  const copy = `${installation.dataFolder}-nats-copy`;

  const pidOf = (name: Component): number => {
    const pid = installation.pidOf(name);
    if (pid === undefined) throw new Error(`${name} does not run`);
    return pid;
  };
  const mayDieAgain = async (name: Component): Promise<void> => {
    const deaths = killedAt.get(name) ?? [];
    const oldest = deaths.at(-DEATHS_MAX);
    if (oldest !== undefined) await delay(Math.max(0, oldest + DEATHS_WINDOW_MS - performance.now()));
  };
  const kill = (name: Component): void => {
    if (!signal(pidOf(name), 'SIGKILL')) throw new Error(`${name} was not there to be killed`);
    kills.set(name, (kills.get(name) ?? 0) + 1);
    killedAt.set(name, [...(killedAt.get(name) ?? []), performance.now()]);
  };
  /** Stops a process with its children, does something, and lets them go on. */
  const whileStopped = async (pids: readonly number[], work: () => Promise<void>): Promise<void> => {
    for (const pid of pids) signal(pid, 'SIGSTOP');
    try {
      await work();
    } finally {
      for (const pid of pids) signal(pid, 'SIGCONT');
    }
  };
  const putBack = async (): Promise<void> => {
    await rm(files, { recursive: true, force: true });
    await rename(copy, files);
  };

  return {
    kills,
    async remember() {
      await rm(copy, { recursive: true, force: true });
      await whileStopped([pidOf('nats')], () => cp(files, copy, { recursive: true }));
    },
    async inject(fault) {
      let endedAt: number | undefined;
      const startAgain = async (): Promise<void> => {
        endedAt = performance.now();
        kills.clear();
        killedAt.clear();
        await installation.start(settings);
      };
      switch (fault.kind) {
        case 'kill':
        case 'kill-two':
          for (const name of fault.targets) await mayDieAgain(name);
          fault.targets.forEach(kill);
          break;
        case 'pause':
          await whileStopped(treeOf(pidOf(fault.target)), () => delay(fault.ms));
          break;
        case 'strand':
          await mayDieAgain(fault.service);
          await whileStopped(treeOf(pidOf(fault.engine)), async () => {
            await delay(fault.ms / 2);
            kill(fault.service);
            await delay(fault.ms / 2);
          });
          break;
        case 'kill-all':
          await installation.killAll();
          await startAgain();
          break;
        case 'power-cut':
          await mayDieAgain('nats');
          // Who would start it again stands still meanwhile.
          await whileStopped([installation.starterPid], async () => {
            const pid = pidOf('nats');
            kill('nats');
            while (!hasEnded(pid)) await delay(5);
            await putBack();
          });
          break;
        case 'power-cut-all':
          await installation.killAll();
          await putBack();
          await startAgain();
          break;
        case 'cut':
        case 'stall': {
          const way = ways.of(fault.service, fault.engine);
          if (fault.kind === 'cut') way.cut();
          else way.stall();
          await delay(fault.ms);
          way.open();
        }
      }
      return endedAt ?? performance.now();
    },
  };
}
