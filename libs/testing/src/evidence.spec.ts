import { describe, expect, it } from '@jest/globals';
import { existsSync, rmSync, statSync } from 'node:fs';
import { withEvidence } from './evidence.ts';

const OPTIONS = { name: 'evidence-spec', keep: false, holds: 'nothing' };

/** What became of the folder of one run. */
async function run(
  work: () => boolean,
  options = OPTIONS,
): Promise<{ readonly ended: unknown; readonly said: readonly string[]; readonly isKept: boolean }> {
  const said: string[] = [];
  let folder = '';
  const ended = await withEvidence(
    options,
    (line) => said.push(line),
    (path) => {
      folder = path;
      expect(statSync(path).mode & 0o777).toBe(0o700);
      return Promise.resolve().then(work);
    },
  ).catch((thrown: unknown) => thrown);
  const isKept = existsSync(folder);
  rmSync(folder, { recursive: true, force: true });
  return { ended, said: said.map((line) => line.replace(folder, 'FOLDER')), isKept };
}

describe('the folder of a run', () => {
  const kept = ['Everything is kept: FOLDER (nothing).'];

  it('goes when nothing was found, unless it is to be kept', async () => {
    expect(await run(() => true)).toEqual({ ended: true, said: [], isKept: false });
    expect(await run(() => true, { ...OPTIONS, keep: true })).toEqual({ ended: true, said: kept, isKept: true });
  });

  it('stays when something was found, or went wrong', async () => {
    expect(await run(() => false)).toEqual({ ended: false, said: kept, isKept: true });
    const broken = await run(() => {
      throw new Error('broken');
    });
    expect(broken).toEqual({ ended: new Error('broken'), said: kept, isKept: true });
  });
});
