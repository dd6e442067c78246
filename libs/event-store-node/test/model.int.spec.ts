import { jest } from '@jest/globals';
import fc from 'fast-check';
import { command } from './model/commands.ts';
import { Run, Subject } from './model/execute.ts';
import { temporaryFolder } from './temporary-folder.ts';

// Machines are busy; what is waited for has deadlines of its own.
jest.setTimeout(60_000);

/** A few by default; `EVENTSTORE_MODEL_COMMANDS=100000` runs long. */
const COMMANDS = Number(process.env['EVENTSTORE_MODEL_COMMANDS'] ?? 800);
const COMMANDS_PER_RUN = 30;
/** In the test's name, so that every run can be repeated. */
const SEED = Number(process.env['EVENTSTORE_MODEL_SEED'] ?? Date.now() % 2 ** 31);

it(
  `random commands by several clients, with crashes among them, are answered as a model of EventStoreDB answers them (seed ${SEED})`,
  async () => {
    using folder = temporaryFolder();
    await using subject = new Subject(folder.path);
    await subject.start();
    await fc.assert(
      fc.asyncProperty(
        fc.array(command, { minLength: 1, maxLength: 2 * COMMANDS_PER_RUN, size: 'max' }),
        async (commands) => {
          const run = new Run(subject);
          for (const one of commands) await run.execute(one);
          await run.readAll();
        },
      ),
      {
        seed: SEED,
        numRuns: Math.ceil(COMMANDS / COMMANDS_PER_RUN),
        endOnFailure: process.env['EVENTSTORE_MODEL_SHRINK'] === undefined,
      },
    );
  },
  30_000 + COMMANDS * 100,
);
