import { runSeeded } from '@mooring/testing';
import { HELP, readOptions, repeatOf } from './options.ts';
import { runSoak } from './run.ts';

await runSeeded({ help: HELP, readOptions, describe: repeatOf, repeatOf, run: runSoak });
