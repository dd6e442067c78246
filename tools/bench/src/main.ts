import { helpFor, parseOptions } from './options.ts';
import { browser } from './rows/browser.ts';
import { clusterWatchConnected } from './rows/cluster-watch-connected.ts';
import { clusterWatchFleet } from './rows/cluster-watch-fleet.ts';
import { clusterWatchService } from './rows/cluster-watch-service.ts';
import { clusterWatch } from './rows/cluster-watch.ts';
import { coldStart } from './rows/cold-start.ts';
import { commands } from './rows/commands.ts';
import { consume } from './rows/consume.ts';
import { eventStoreNode } from './rows/event-store-node.ts';
import { inventoryQueries } from './rows/inventory-queries.ts';
import { memory } from './rows/memory.ts';
import { projection } from './rows/projection.ts';
import { relay } from './rows/relay.ts';
import { sse } from './rows/sse.ts';
import type { Measurement } from './compare.ts';
import type { Row } from './row.ts';
import { checkSamples } from './sample-events.ts';
import { formatTable } from './table.ts';

const ROWS: readonly Row[] = [
  ...[commands, relay, consume, projection, browser, sse, coldStart, eventStoreNode, memory],
  ...[clusterWatch, clusterWatchService, clusterWatchConnected, clusterWatchFleet, inventoryQueries],
];

/** Takes the rows one after the other and prints the table; a row that fails is named, and the others still count. */
async function main(args: readonly string[]): Promise<void> {
  const options = parseOptions(args, ROWS);
  if (options === 'help') {
    process.stdout.write(helpFor(ROWS));
    return;
  }
  checkSamples();
  const wanted = ROWS.filter(({ name, onlyByName = false }) =>
    options.rows.length === 0 ? !onlyByName : options.rows.includes(name),
  );
  const measurements: Measurement[] = [];
  const notes: string[] = [];
  for (const row of wanted) {
    process.stderr.write(`${row.name} …\n`);
    try {
      const result = await row.run({ ...options, events: options.events ?? row.eventsDefault });
      measurements.push(...result.measurements);
      notes.push(...(result.notes ?? []));
    } catch (thrown) {
      process.exitCode = 1;
      process.stderr.write(`${row.name} failed: ${thrown instanceof Error ? thrown.message : String(thrown)}\n`);
    }
  }
  process.stdout.write(`${[formatTable(measurements), ...notes].join('\n')}\n`);
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));

await main(process.argv.slice(2)).catch((thrown: unknown) => {
  process.stderr.write(`${thrown instanceof Error ? thrown.message : String(thrown)}\n`);
  process.exitCode = 2;
});
