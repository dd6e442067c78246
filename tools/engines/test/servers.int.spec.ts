import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { isPortTaken, startNatsServer, startPostgres } from '../src/index.ts';

jest.setTimeout(120_000);

describe('engines as processes', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'mooring-engines-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  const occupied = (): Promise<{ server: Server; port: number }> =>
    new Promise((resolve) => {
      const server = createServer();
      server.listen(0, '127.0.0.1', () => {
        const address = server.address();
        resolve({ server, port: typeof address === 'object' && address !== null ? address.port : 0 });
      });
    });

  it('say which port is in use', async () => {
    const { server, port } = await occupied();
    const failure = { code: 'conflict', details: { port } };
    await expect(startNatsServer({ dataFolder: join(folder, 'nats'), port })).rejects.toMatchObject(failure);
    await expect(startPostgres({ dataFolder: join(folder, 'pg'), port, password: 'x' })).rejects.toMatchObject(failure);
    server.close();
  });

  it('refuse a data folder of another version', async () => {
    await writeFile(join(folder, 'PG_VERSION'), '12\n');
    await writeFile(join(folder, 'nats-server.version'), '99.1.0\n');
    const failure = { code: 'invalid', message: expect.stringContaining(folder) as string };
    await expect(startPostgres({ dataFolder: folder, password: 'x' })).rejects.toMatchObject(failure);
    await expect(startNatsServer({ dataFolder: folder })).rejects.toMatchObject(failure);
  });

  it('say what is wrong with a configuration', async () => {
    const started = startNatsServer({ dataFolder: folder, config: 'authorization { users = [' });
    await expect(started).rejects.toMatchObject({ code: 'invalid' });
  });

  it('keep the configuration of NATS from others', async () => {
    await using nats = await startNatsServer({ dataFolder: folder });
    expect((await stat(join(folder, 'nats-server.conf'))).mode & 0o777).toBe(0o600);
    expect(await isPortTaken(nats.port)).toBe(true);
    await nats.stop();
    expect(await isPortTaken(nats.port)).toBe(false);
  });

  it('start PostgreSQL again on its data, and refuse a second one beside it', async () => {
    const options = { dataFolder: join(folder, 'pg'), password: 'secret' };
    const first = await startPostgres(options);
    await expect(startPostgres(options)).rejects.toMatchObject({ code: 'conflict' });
    await first.stop();
    expect(await first.exited).toEqual({ code: 0, signal: null });
    await using second = await startPostgres({ ...options, port: first.port });
    expect(second.port).toBe(first.port);
  });

  const asRoot = process.getuid?.() === 0 ? it : it.skip;

  asRoot('run PostgreSQL of root as nobody, and back, where namespaces are not allowed', async () => {
    const options = { dataFolder: join(folder, 'pg'), password: 'secret' };
    for (const as of ['nobody', 'namespace', 'nobody'] as const) {
      await using postgres = await startPostgres({ ...options, asRoot: as });
      expect(await isPortTaken(postgres.port)).toBe(true);
    }
  });
});
