import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { delay, Failure } from '@mooring/kernel';

/** PostgreSQL makes a log file of 16 MiB before it accepts anybody; an engine that finds no room at its start ends again. */
const ROOM_BYTES = 32 * 1_024 * 1_024;
const LOOK_EVERY_MS = 1_000;

export interface RoomOptions {
  /** May be missing yet; then its parent is asked. */
  readonly folder: string;
  /** Who waits. */
  readonly name: string;
  readonly say: (message: string) => void;
  readonly signal: AbortSignal;
}

/**
 * Resolves when the disk of a folder has room for an engine to work ({@link ROOM_BYTES}), and says once that it waits. Throws a
 * Failure `unavailable` when `signal` aborts first.
 */
export async function untilRoom({ folder, name, say, signal }: RoomOptions): Promise<void> {
  let told = false;
  for (;;) {
    if (signal.aborted) throw new Failure('unavailable', `${name} is not started: everything is being stopped`);
    const free = await freeBytes(folder);
    if (free >= ROOM_BYTES) return;
    if (!told)
      say(
        `${name} waits for room on the disk of ${folder}: ${inMiB(free)} MiB are free, ${inMiB(ROOM_BYTES)} are needed`,
      );
    told = true;
    await delay(LOOK_EVERY_MS, signal);
  }
}

const inMiB = (bytes: number): number => Math.floor(bytes / 1_024 / 1_024);

async function freeBytes(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder).catch(() => statfs(dirname(folder)));
  return bavail * bsize;
}
