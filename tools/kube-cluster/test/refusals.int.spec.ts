import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkoutFolder, runNode } from '@mooring/engines';
import { claimFolder } from '../src/claim-folder.ts';

const PROGRAM = join(checkoutFolder(), 'tools/kube-cluster/dist/src/main.js');

/** Runs the program as a user does, in a process that can be ended whatever it does. */
const run = (...args: readonly string[]) => runNode([PROGRAM, ...args], '--disable-warning=ExperimentalWarning');

describe('what cannot be started', () => {
  (existsSync('/proc/self') ? it : it.skip)('in a folder that cannot be made: says so at once', () => {
    expect(run('up', '--data', '/proc/x')).toEqual({
      status: 1,
      stdout: '',
      stderr:
        '/proc/x cannot be the folder of a cluster (no folder can be made in /proc): choose another with --data DIR\n',
    });
  });

  it('in the folder of one that runs: names its process, and nothing is changed', () => {
    const folder = mkdtempSync(join(tmpdir(), 'mooring-kube-cluster-claimed-'));
    try {
      const claim = claimFolder(folder);
      const before = readdirSync(folder);
      expect(run('up', '--data', folder)).toEqual({
        status: 1,
        stdout: '',
        stderr: `it is running already from ${folder} (process ${process.pid}): stop that one, or choose another folder with --data DIR\n`,
      });
      expect(readdirSync(folder)).toEqual(before);
      claim[Symbol.dispose]();
      claimFolder(folder)[Symbol.dispose]();
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
