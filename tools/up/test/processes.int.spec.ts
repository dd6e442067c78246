import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { checkoutFolder, freePortRow, runNode, startProcess } from '@mooring/engines';
import { eventually, temporaryFolder, type TemporaryFolder } from '@mooring/testing';
import { claimDataFolder } from '../src/data-folder.ts';
import { lockFolder } from '../src/folder-lock.ts';
import { openLedger } from '../src/leftovers.ts';
import { openLogs } from '../src/logs.ts';
import { PORTS_OF_DEMO } from '../src/options.ts';
import { portsFrom, requireFree } from '../src/ports.ts';
import { identityOf } from '../src/process-identity.ts';
import { createSupervisor } from '../src/supervisor.ts';

/** A real process that says `ready`, and lives until it is stopped or until stdin closes. */
const LIVES = 'console.log("ready"); setInterval(() => undefined, 1e6)';

const children: ChildProcess[] = [];
async function stranger(): Promise<ChildProcess & { pid: number }> {
  const child = spawn(process.execPath, ['-e', LIVES], { stdio: ['ignore', 'pipe', 'ignore'], env: {} });
  children.push(child);
  await once(child.stdout, 'data');
  return child as ChildProcess & { pid: number };
}

let folder: TemporaryFolder;
beforeEach(async () => {
  folder = await temporaryFolder();
});
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  await folder[Symbol.asyncDispose]();
});

describe('a data folder', () => {
  it('is made, and taken again later', () => {
    const path = join(folder.path, 'deep/data');
    claimDataFolder(path);
    claimDataFolder(path);
    expect(existsSync(join(path, 'mooring.json'))).toBe(true);
  });

  it('of another format is left as it is, with what to do', () => {
    writeFileSync(join(folder.path, 'mooring.json'), '{"format":99}');
    expect(() => claimDataFolder(folder.path)).toThrow(/format 99.*uses format 1.*--data DIR/);
    writeFileSync(join(folder.path, 'mooring.json'), '');
    expect(() => claimDataFolder(folder.path)).toThrow(/format unknown/);
  });

  it('that holds something else is refused', () => {
    writeFileSync(join(folder.path, 'holiday.jpg'), '');
    expect(() => claimDataFolder(folder.path)).toThrow(/holds something else.*--data DIR/);
  });

  it('that is a file is refused in a sentence', () => {
    const file = join(folder.path, 'file');
    writeFileSync(file, '');
    expect(() => claimDataFolder(file)).toThrow(/cannot be used as the data folder.*--data DIR/);
  });

  (existsSync('/proc/self') ? it : it.skip)(
    'where none can be made is refused in a sentence, and the start ends',
    () => {
      const program = join(checkoutFolder(), 'tools/up/dist/src/main.js');
      // In a process of its own, which can be ended: a loop would be one without a turn.
      const { status, stderr } = runNode([program, '--data', '/proc/mooring/data']);
      expect(status).toBe(1);
      expect(stderr).toContain(
        '\n/proc/mooring/data cannot be used as the data folder (no folder can be made in /proc): choose another with --data DIR\n',
      );
    },
  );

  it('belongs to one start at a time, until that ends', () => {
    const lock = lockFolder(folder.path);
    expect(() => lockFolder(folder.path)).toThrow(expect.objectContaining({ code: 'conflict' }));
    lock[Symbol.dispose]();
    lockFolder(folder.path)[Symbol.dispose]();
  });
});

describe('ports', () => {
  it('in use are named with what to do; those of the demo matter only to the demo', async () => {
    const first = await freePortRow(PORTS_OF_DEMO);
    const server = createServer().listen(first + 9, '127.0.0.1');
    await once(server, 'listening');
    await expect(requireFree(portsFrom(first), true)).rejects.toThrow(
      new RegExp(`${first + 9} \\(demo\\).*--port N, which takes N to N\\+12`),
    );
    await requireFree(portsFrom(first), false);
    server.close();
  });
});

describe('the ledger', () => {
  const ledgerOf = (processes: object[]): void =>
    writeFileSync(
      join(folder.path, 'processes.json'),
      JSON.stringify({ starter: { name: 'up', pid: 1, identity: 'gone' }, processes }),
    );

  it('lets a start end what a killed one left behind, last started first, and say so', async () => {
    const [one, two] = [await stranger(), await stranger()];
    const killed = await openLedger(folder.path, { onLeftover: () => undefined });
    killed.add('one', one.pid);
    killed.add('two', two.pid);
    const told: string[] = [];
    await openLedger(folder.path, { onLeftover: (name) => told.push(name) });
    expect(told).toEqual(['two', 'one']);
    expect([identityOf(one.pid), identityOf(two.pid)]).toEqual([undefined, undefined]);
  });

  it('kills a leftover that does not stop when asked', async () => {
    const deaf = spawn(process.execPath, ['-e', `process.on("SIGTERM", () => undefined); ${LIVES}`], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    children.push(deaf);
    await once(deaf.stdout, 'data');
    ledgerOf([{ name: 'deaf', pid: deaf.pid, identity: identityOf(deaf.pid!) }]);
    await openLedger(folder.path, { onLeftover: () => undefined, stopTimeoutMs: 100 });
    expect(identityOf(deaf.pid!)).toBeUndefined();
  });

  it.each(['another boot:1', '', undefined])(
    'never touches a stranger with a recycled id (identity %j)',
    async (identity) => {
      const other = await stranger();
      ledgerOf([{ name: 'one', pid: other.pid, identity }]);
      const told: string[] = [];
      await openLedger(folder.path, { onLeftover: (name) => told.push(name) });
      expect([told, identityOf(other.pid)]).toEqual([[], expect.any(String)]);
    },
  );

  it('that is broken is begun anew, and writes nothing more once it is closed', async () => {
    writeFileSync(join(folder.path, 'processes.json'), '{');
    const ledger = await openLedger(folder.path, { onLeftover: () => undefined });
    ledger.add('one', process.pid);
    ledger.close();
    ledger.remove(process.pid);
    expect(existsSync(join(folder.path, 'processes.json'))).toBe(false);
  });
});

describe('logs', () => {
  it('are appended to, put aside when large, and give the last words of the life that is on', async () => {
    const first = openLogs(folder.path, { fileBytesMax: 20 });
    const write = first.of('one');
    write('Error: the first life');
    first.of('one')('Error: the second life');
    expect(first.lastWords('one')).toBe('Error: the second life');
    expect(first.lastWords('two')).toBe('');
    await first[Symbol.asyncDispose]();
    const file = join(folder.path, 'logs/one.log');
    expect(readFileSync(`${file}.1`, 'utf8')).toBe('Error: the first life\n');
    const second = openLogs(folder.path);
    second.of('one')('after');
    await second[Symbol.asyncDispose]();
    expect(readFileSync(file, 'utf8')).toBe('Error: the second life\nafter\n');
  });
});

describe('the supervisor with real processes', () => {
  it('starts again what was killed, and leaves nothing behind', async () => {
    const said: string[] = [];
    const pids: number[] = [];
    const supervisor = createSupervisor({
      say: (message) => said.push(message),
      lastWords: () => '',
      onSpawned: (_name, { pid }) => pids.push(pid),
      onEnded: () => undefined,
    });
    await supervisor.run({
      name: 'real',
      start: async (onSpawn) => {
        const { process: started } = await startProcess({
          what: 'real',
          program: process.execPath,
          args: ['-e', LIVES],
          env: {},
          readyWhen: (line) => (line === 'ready' ? true : undefined),
          onSpawn,
        });
        return started;
      },
    });
    process.kill(pids[0]!, 'SIGKILL');
    await eventually(() => said.length === 2, { timeoutMs: 10_000 });
    expect(said).toEqual([
      'real died (signal SIGKILL); starting it again in 250 ms',
      `real is back (process ${pids[1]})`,
    ]);
    await supervisor.stop();
    expect(pids.map(identityOf)).toEqual([undefined, undefined]);
  }, 20_000);
});
