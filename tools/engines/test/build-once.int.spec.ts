import { existsSync } from 'node:fs';
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { delay } from '@mooring/kernel';
import { buildOnce } from '../src/build-once.ts';

describe('buildOnce', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'mooring-build-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('builds once for many who ask at the same time', async () => {
    const target = join(folder, 'engine');
    let builds = 0;
    const build = async (half: string): Promise<void> => {
      builds += 1;
      await delay(50);
      await writeFile(join(half, 'program'), 'made');
    };
    await Promise.all(Array.from({ length: 5 }, () => buildOnce({ target, build })));
    expect(builds).toBe(1);
    expect(await readFile(join(target, 'program'), 'utf8')).toBe('made');
  });

  it('leaves nothing behind when the build fails, and the next try builds', async () => {
    const target = join(folder, 'engine');
    const failing = buildOnce({ target, build: () => Promise.reject(new Error('no disk')) });
    await expect(failing).rejects.toThrow('no disk');
    expect(await readdir(folder)).toEqual([]);
    await buildOnce({ target, build: () => Promise.resolve() });
    expect(existsSync(target)).toBe(true);
  });

  it('takes over the lock of a process that is gone', async () => {
    const target = join(folder, 'engine');
    await writeFile(`${target}.lock`, '4194304999');
    await buildOnce({ target, build: () => Promise.resolve(), timeoutMs: 5_000 });
    expect(await readdir(folder)).toEqual(['engine']);
  });
});
