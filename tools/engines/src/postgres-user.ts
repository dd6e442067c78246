import { cp, lchown, readFile, readdir, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Failure } from '@mooring/kernel';
import { buildOnce } from './build-once.ts';
import { findOnPath, programFile } from './paths.ts';
import { runCommand, type Command } from './run-command.ts';

/** PostgreSQL refuses to run as root; this is who it runs as instead. */
export interface Unprivileged {
  /** How to run `initdb` or `postgres` on a data folder. */
  command(program: 'initdb' | 'postgres', dataFolder: string, args: readonly string[]): Command;
  /** Lets that user read and write a file or folder made here. */
  own(path: string): Promise<void>;
  /** A folder whose path that user can walk, for a file to read: the given one where it can be, else that for temporary files. */
  reachable(folder: string): string;
}

/** `nobody` and `nogroup`, by number on every Linux. */
const NOBODY = 65_534;

/**
 * An ordinary user runs PostgreSQL as itself. Root runs it in a user namespace where root is called 1000: it can still
 * read a checkout in root's home and owns its files, without a copy. Where namespaces are not allowed: as `nobody`, from a copy that
 * `nobody` can read, finding its data through its working folder because it may not walk the path to it.
 *
 * @param installation the package's folder that holds `bin`, `lib` and `share`
 */
export async function asUnprivileged(installation: string, asRoot?: 'namespace' | 'nobody'): Promise<Unprivileged> {
  if (process.getuid?.() !== 0) return { command: directly(installation), own: () => Promise.resolve(), reachable };
  const unshare = findOnPath('unshare');
  if (asRoot !== 'nobody' && unshare !== undefined && (await canUnshare(unshare))) {
    const direct = directly(installation);
    return {
      command: (program, dataFolder, args) => {
        const command = direct(program, dataFolder, args);
        return { program: unshare, args: [...NAMESPACE, command.program, ...command.args] };
      },
      own: (path) => giveTo(0, path),
      reachable,
    };
  }
  const copy = await readableCopy(installation);
  return {
    command: (program, dataFolder, args) => ({
      program: join(copy, 'bin', programFile(program)),
      args: ['-D', '/proc/self/cwd', ...args],
      cwd: dataFolder,
      uid: NOBODY,
      gid: NOBODY,
    }),
    own: (path) => giveTo(NOBODY, path),
    reachable: () => tmpdir(),
  };
}

const reachable = (folder: string): string => folder;

const NAMESPACE = ['--user', '--map-user=1000', '--map-group=1000', '--'];

const directly =
  (installation: string): Unprivileged['command'] =>
  (program, dataFolder, args) => ({
    program: join(installation, 'bin', programFile(program)),
    args: ['-D', dataFolder, ...args],
  });

const canUnshare = (unshare: string): Promise<boolean> =>
  runCommand({ program: unshare, args: [...NAMESPACE, 'true'] }).then(
    () => true,
    () => false,
  );

/** A copy outside any private home. It runs with few rights but holds our data: only one that root made is trusted. */
async function readableCopy(installation: string): Promise<string> {
  const manifest = await readFile(join(dirname(installation), 'package.json'), 'utf8');
  const { version } = JSON.parse(manifest) as { version: string };
  const target = join(tmpdir(), `mooring-postgres-${version}`);
  await buildOnce({ target, build: (folder) => cp(installation, folder, { recursive: true, verbatimSymlinks: true }) });
  if ((await stat(target)).uid !== 0)
    throw new Failure('denied', `${target} was made by another user: delete it, and start again`);
  return target;
}

async function giveTo(id: number, path: string): Promise<void> {
  const { uid } = await stat(path);
  if (uid === id) return;
  await lchown(path, id, id);
  const entries = await readdir(path, { recursive: true }).catch(() => []);
  for (const entry of entries) await lchown(join(path, entry), id, id);
}
