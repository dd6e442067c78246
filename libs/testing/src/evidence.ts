import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface EvidenceOptions {
  /** In the folder's name. */
  readonly name: string;
  /** Keep it although nothing was found. */
  readonly keep: boolean;
  /** What is where in it, said when it is kept. */
  readonly holds: string;
}

/**
 * Works in a new folder (0700) under the system's temporary one. It is deleted when `work` finds nothing (true); else, or when `work`
 * throws, it stays as evidence, and its path is said.
 */
export async function withEvidence(
  { name, keep, holds }: EvidenceOptions,
  say: (line: string) => void,
  work: (folder: string) => Promise<boolean>,
): Promise<boolean> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), `mooring-${name}-`)));
  let isClean = false;
  try {
    isClean = await work(folder);
    return isClean;
  } finally {
    if (isClean && !keep) await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
    else say(`Everything is kept: ${folder} (${holds}).`);
  }
}
