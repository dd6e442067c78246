import { readdirSync, readFileSync } from 'node:fs';
import { bytesIn, parseEnvironment, parseStatus } from './proc-files.ts';

/* What Linux tells of processes. One that is not there, or not ours to look into, is nothing: no tree, no environment, 0 bytes. */

function read(pid: number, name: string): string {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'utf8');
  } catch {
    return '';
  }
}

const statusOf = (pid: number): ReturnType<typeof parseStatus> => parseStatus(read(pid, 'status'));

/** A process with all that descend from it, parents first; empty once it has ended. */
export function treeOf(root: number): readonly number[] {
  if (statusOf(root) === undefined) return [];
  const all = readdirSync('/proc').flatMap((name) => (/^\d+$/.test(name) ? Number(name) : []));
  const children = Map.groupBy(all, (pid) => statusOf(pid)?.parentPid);
  const tree = [root];
  for (const pid of tree) tree.push(...(children.get(pid) ?? []));
  return tree;
}

/** Signals a process, or only looks whether there is one (0); false when there is none. */
export function signal(pid: number, name: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, name);
  } catch {
    return false;
  }
}

/** The environment a process was started with. */
export const environmentOf = (pid: number): Readonly<Record<string, string>> => parseEnvironment(read(pid, 'environ'));

/** Resident memory in bytes. */
export const residentBytes = (pid: number): number => statusOf(pid)?.residentBytes ?? 0;

/** The most that was resident at once, in bytes. */
export const peakBytes = (pid: number): number => statusOf(pid)?.peakBytes ?? 0;

/** Resident memory in bytes, where a page that n processes share counts 1/n: summed up, what the machine really gives. */
export const proportionalBytes = (pid: number): number => bytesIn(read(pid, 'smaps_rollup'), 'Pss');

/** Whether a process does nothing any more, although its parent may not have noticed. */
export const hasEnded = (pid: number): boolean => statusOf(pid)?.hasEnded ?? true;
