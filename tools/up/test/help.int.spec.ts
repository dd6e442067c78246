import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkoutFolder } from '@mooring/engines';

/** The programs that `npm run NAME` runs, built before. */
const { scripts } = JSON.parse(readFileSync(join(checkoutFolder(), 'package.json'), 'utf8')) as {
  scripts: Readonly<Record<string, string>>;
};
const PROGRAMS = Object.entries(scripts).flatMap(([name, script]) => {
  const [, program] = /^node tools\/up\/run\.mjs (\S+\/dist\/\S+)$/u.exec(script) ?? [];
  return program === undefined ? [] : [{ name, program: join(checkoutFolder(), program) }];
});

const ask = (program: string, ...args: string[]) =>
  spawnSync(process.execPath, ['--disable-warning=ExperimentalWarning', program, ...args], {
    encoding: 'utf8',
    timeout: 60_000,
  });

describe('every tool', () => {
  it('is one of those that are asked here', () => {
    expect(PROGRAMS.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['bench', 'chaos', 'dead-letters', 'event-store-node', 'fuzz', 'kube-cluster', 'soak']),
    );
  });

  it.each(PROGRAMS)('says what it does when it is asked for help: $name', ({ name, program }) => {
    const { status, stdout, stderr } = ask(program, '--help');
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toContain(name);
    expect(ask(program, '-h')).toMatchObject({ status: 0, stdout, stderr: '' });
  });

  it.each(PROGRAMS)('refuses an option that it does not know, by its name and in sentences: $name', ({ program }) => {
    const { status, stdout, stderr } = ask(program, '--nonsense');
    expect([1, 2]).toContain(status);
    expect(stdout).toBe('');
    expect(stderr).toContain('--nonsense');
    expect(stderr).not.toMatch(/^ +at /mu);
  });
});
