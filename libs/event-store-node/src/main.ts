#!/usr/bin/env node
import { setFlagsFromString } from 'node:v8';
import { logVerbosity, setLogVerbosity } from '@grpc/grpc-js';
import { messageOf } from '@mooring/kernel';
import { readConfig, readVerifyPath } from './config.ts';
import { asksForHelp, usage } from './flags.ts';
import { createEventStoreNode } from './node.ts';
import { openReadOnly } from './storage/read-only.ts';
import { verify } from './storage/verify.ts';

/** Checks a data folder that no node uses, or a backup, and prints what it found. */
function verifyStore(args: readonly string[]): number {
  using store = openReadOnly(readVerifyPath(args, process.env));
  const { events, streams, problems } = verify(store.database);
  store.requireUnchanged();
  process.stdout.write(`${JSON.stringify({ events, streams, problems })}\n`);
  return problems.length === 0 ? 0 : 1;
}

/** Starts the node, prints one line of JSON with its ports when it is ready, and stops at SIGTERM or SIGINT. */
async function run(): Promise<void> {
  const node = await createEventStoreNode(readConfig(process.argv.slice(2), process.env));
  const { port, httpPort, connectionString } = node;
  process.stdout.write(`${JSON.stringify({ ready: true, port, httpPort, connectionString })}\n`);
  await new Promise<void>((resolve) => {
    process.once('SIGTERM', resolve);
    process.once('SIGINT', resolve);
  });
  await node[Symbol.asyncDispose]();
}

// Left alone, V8 lets the young generation grow to 128 MB and the old one to several times what lives in it, and with it what
// belongs to calls long over: more than this process may use, and no faster. Each is read when V8 decides about growing.
setFlagsFromString('--semi-space-growth-factor=1');
setFlagsFromString('--heap-growing-percent=50');
// What goes wrong is said once, by us.
setLogVerbosity(logVerbosity.NONE);

try {
  const [command, ...rest] = process.argv.slice(2);
  if (asksForHelp(process.argv.slice(2))) process.stdout.write(usage());
  else if (command === 'verify') process.exit(verifyStore(rest));
  else await run();
  process.exit(0);
} catch (thrown) {
  process.stderr.write(`event-store-node: ${messageOf(thrown)}\n`);
  process.exit(1);
}
