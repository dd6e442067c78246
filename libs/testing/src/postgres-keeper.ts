import { startPostgres } from '@mooring/engines';
import { temporaryFolder } from './temporary-folder.ts';

// Runs the PostgreSQL of one test process: tells its address in one line of JSON, and ends with its stdin, which is that process.
// Nothing is synced to disk: the data is not meant to survive.
await using folder = await temporaryFolder();
await using postgres = await startPostgres({
  dataFolder: `${folder.path}/data`,
  password: 'test',
  settings: { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', max_connections: '200' },
});
process.stdout.write(`${JSON.stringify({ port: postgres.port, pid: postgres.pid })}\n`);
await new Promise((resolve) => {
  process.stdin.on('end', resolve).on('error', resolve).resume();
});
