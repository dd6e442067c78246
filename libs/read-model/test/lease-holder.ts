import { openDatabase, withLease } from '../src/index.ts';

/** A process that holds the lease `relay` until it is killed; writes a line when it has it. */
await withLease({
  db: openDatabase({ url: process.argv[2] ?? '' }),
  name: 'relay',
  signal: new AbortController().signal,
  onHeld: () =>
    new Promise(() => {
      process.stdout.write('held\n');
    }),
});
