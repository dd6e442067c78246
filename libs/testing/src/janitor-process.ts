import { rm } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import type { JanitorOrder } from './janitor.ts';

const pids = new Set<number>();
const folders = new Set<string>();

for await (const line of createInterface({ input: process.stdin })) {
  const order = JSON.parse(line) as JanitorOrder;
  if ('pid' in order) {
    if (order.do === 'watch') pids.add(order.pid);
    else pids.delete(order.pid);
  } else if (order.do === 'watch') folders.add(order.folder);
  else folders.delete(order.folder);
}

// The pipe is closed: whoever gave the orders is gone.
for (const pid of pids) {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}
for (const folder of folders) await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
