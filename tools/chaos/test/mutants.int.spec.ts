import { cp, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { checkoutFolder } from '@mooring/engines';
import { Linter } from 'eslint';
import { applyMutant, MUTANTS } from '../src/mutants/mutants.ts';

describe('deliberate bugs', () => {
  let copy: string;
  beforeEach(async () => {
    copy = await mkdtemp(join(tmpdir(), 'mooring-mutants-'));
  });
  afterEach(() => rm(copy, { recursive: true }));

  const copyOf = async (file: string): Promise<void> => {
    await mkdir(dirname(join(copy, file)), { recursive: true });
    await cp(join(checkoutFolder(), file), join(copy, file));
  };

  /** Names in a file of the copy that nothing declares, those of the platform among them. */
  const undeclared = async (file: string): Promise<readonly string[]> => {
    const messages = new Linter().verify(await readFile(join(copy, file), 'utf8'), { rules: { 'no-undef': 'error' } });
    return [...new Set(messages.map(({ message }) => message))].sort();
  };

  it.each(MUTANTS)('$name applies to what is built, and is a bug rather than a crash', async (mutant) => {
    const files = [...new Set(mutant.edits.map(({ file }) => file))];
    for (const file of files) await copyOf(file);
    const before = await Promise.all(files.map(undeclared));
    await applyMutant(mutant, copy);
    expect(await Promise.all(files.map(undeclared))).toEqual(before);
  });

  it('that no longer apply say so', async () => {
    const [mutant] = MUTANTS;
    const [edit] = mutant!.edits;
    await copyOf(edit!.file);
    const gone = { ...mutant!, edits: [{ ...edit!, find: 'what is not there' }] };
    await expect(applyMutant(gone, copy)).rejects.toThrow(/no longer applies: .* 0 times/);
  });
});
