import { jest } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { createEventStoreNode } from '../src/node.ts';
import { PROGRAM, runProgram } from './own-process.ts';
import { temporaryFolder } from './temporary-folder.ts';

// Machines are busy; what is waited for has deadlines of its own.
jest.setTimeout(60_000);

const mode = (path: string): string => (statSync(path).mode & 0o777).toString(8);

(process.platform === 'win32' ? describe.skip : describe)('what a node makes', () => {
  it('only its owner may read: folder, file, log, backup', async () => {
    const umask = process.umask(0);
    try {
      using folder = temporaryFolder();
      const data = join(folder.path, 'data');
      await using node = await createEventStoreNode({ dataFolder: data });
      const backup = join(folder.path, 'backups', 'one.db');
      await node.backUp(backup);
      const made = [data, join(data, 'events.db'), join(data, 'events.db-wal'), join(folder.path, 'backups'), backup];
      expect(made.map(mode)).toEqual(['700', '600', '600', '700', '600']);
    } finally {
      process.umask(umask);
    }
  });

  it('that everybody may read, as older nodes made it, is told of at the start and left as it is', async () => {
    using folder = temporaryFolder();
    await (await createEventStoreNode({ dataFolder: folder.path }))[Symbol.asyncDispose]();
    const file = join(folder.path, 'events.db');
    chmodSync(file, 0o644);
    const warnings: string[] = [];
    const start = async () => {
      await using node = await createEventStoreNode({ dataFolder: folder.path, warn: (line) => warnings.push(line) });
      expect(node.port).toBeGreaterThan(0);
    };
    // Nobody gets to it in a folder that is closed.
    await start();
    expect(warnings).toEqual([]);
    chmodSync(folder.path, 0o755);
    await start();
    expect(warnings).toEqual([
      expect.stringMatching(/every user .* may read .*events\.db \(mode 0644\).*: chmod 600 it/u),
    ]);
    expect(mode(file)).toBe('644');
  });
});

/** Root may do everything, so that these are done by nobody; which must be able to read the sources. */
const nobody = process.getuid?.() === 0 ? 65_534 : undefined;
const canRead = ((): boolean => {
  if (process.getuid === undefined) return false;
  const args = [
    '--eval',
    `process.exit(require('fs').readFileSync(${JSON.stringify(PROGRAM.at(-1))}).length > 0 ? 0 : 1)`,
  ];
  return spawnSync(process.execPath, args, nobody === undefined ? {} : { uid: nobody }).status === 0;
})();

(canRead ? describe : describe.skip)('who has no right to the data folder is told so', () => {
  const start = (folder: string) => runProgram(['--data', folder, '--insecure', '--port', '0'], nobody);
  const uid = `uid ${nobody ?? process.getuid?.()}`;
  const owner = `owner uid ${process.getuid?.()}`;

  it.each([
    ['folder', 0o555, 0o666, 'write in', '0555'],
    ['file', 0o777, 0o444, 'read and write', '0444'],
  ])('when it is the %s that cannot be written', async (which, folderMode, fileMode, what, said) => {
    using folder = temporaryFolder();
    await (await createEventStoreNode({ dataFolder: folder.path }))[Symbol.asyncDispose]();
    const file = join(folder.path, 'events.db');
    chmodSync(file, fileMode);
    chmodSync(folder.path, folderMode);
    const { code, stderr } = start(folder.path);
    chmodSync(folder.path, 0o700);
    expect(code).toBe(1);
    expect(stderr).toBe(
      `event-store-node: ${folder.path} cannot be used as data folder: this user (${uid}) may not ${what} ` +
        `${which === 'file' ? file : folder.path} (${owner}, mode ${said}): ` +
        'a node needs to read and write the folder and the files in it\n',
    );
    expect(readdirSync(folder.path)).toEqual(['events.db']);
  });

  it('when it is not there and cannot be made', () => {
    using folder = temporaryFolder();
    mkdirSync(join(folder.path, 'above'));
    chmodSync(join(folder.path, 'above'), 0o555);
    chmodSync(folder.path, 0o755);
    const { code, stderr } = start(join(folder.path, 'above', 'a', 'b'));
    expect(code).toBe(1);
    expect(stderr).toMatch(/above\/a\/b cannot be used as data folder: this user .* may not write in .*above \(owner/u);
  });

  (existsSync('/proc/self') ? it : it.skip)('when it is where no folder can be made', () => {
    const { code, stderr } = start('/proc/mooring/data');
    expect(code).toBe(1);
    expect(stderr).toContain('/proc/mooring/data cannot be used as data folder: no folder can be made in /proc: ');
  });

  it('when verify cannot read the file', async () => {
    using folder = temporaryFolder();
    await (await createEventStoreNode({ dataFolder: folder.path }))[Symbol.asyncDispose]();
    chmodSync(folder.path, 0o755);
    chmodSync(join(folder.path, 'events.db'), 0);
    const { code, stderr } = runProgram(['verify', '--data', folder.path], nobody);
    expect(code).toBe(1);
    expect(stderr).toMatch(/events\.db cannot be checked: this user .* may not read .* \(owner .*, mode 0000\)\n$/u);
  });
});
