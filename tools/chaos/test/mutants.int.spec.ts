import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { checkoutFolder } from '@mooring/engines';
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

  it.each(MUTANTS)('$name applies to what is built', async (mutant) => {
    for (const { file } of mutant.edits) await copyOf(file);
    await applyMutant(mutant, copy);
  });

  it('that no longer apply say so', async () => {
    const [mutant] = MUTANTS;
    const [edit] = mutant!.edits;
    await copyOf(edit!.file);
    const gone = { ...mutant!, edits: [{ ...edit!, find: 'what is not there' }] };
    await expect(applyMutant(gone, copy)).rejects.toThrow(/no longer applies: .* 0 times/);
  });
});
