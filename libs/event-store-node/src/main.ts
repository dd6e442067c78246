#!/usr/bin/env node
import { logVerbosity, setLogVerbosity } from '@grpc/grpc-js';
import { messageOf } from '@mooring/kernel';
import { readConfig } from './config.ts';
import { createEventStoreNode } from './node.ts';

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

// What goes wrong is said once, by us.
setLogVerbosity(logVerbosity.NONE);

try {
  await run();
  process.exit(0);
} catch (thrown) {
  process.stderr.write(`event-store-node: ${messageOf(thrown)}\n`);
  process.exit(1);
}
