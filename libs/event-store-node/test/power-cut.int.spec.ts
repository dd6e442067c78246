import { jest } from '@jest/globals';
import { existsSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { EventStoreDBClient, jsonEvent } from '@eventstore/db-client';
import { openDatabase } from '../src/storage/database.ts';
import { createEventLog } from '../src/storage/event-log.ts';
import { verify } from '../src/storage/verify.ts';
import { startNodeProcess } from './own-process.ts';
import { readChanges, restoreDisk } from './power-cut/disk.ts';
import { recordWrites, canPreload } from './power-cut/preload.ts';
import { temporaryFolder } from './temporary-folder.ts';

// Machines are busy; what is waited for has deadlines of its own.
jest.setTimeout(60_000);

interface Acknowledged {
  readonly position: number;
  /** How long the record of writes was when the client had its answer. */
  readonly at: number;
}

/** Writes for a while to a node whose writes are recorded, and kills it. */
async function writeRecorded(folder: string, dataFolder: string, log: string): Promise<Acknowledged[]> {
  await using node = await startNodeProcess(dataFolder, ['--insecure'], recordWrites(folder, dataFolder, log));
  const client = EventStoreDBClient.connectionString(node.connectionString);
  const acknowledged: Acknowledged[] = [];
  const write = async (stream: string): Promise<void> => {
    for (let n = 0; n < 60; n += 1) {
      // Large enough that the log is folded into the file now and then.
      const event = jsonEvent({ type: 'T', data: { text: String(n).repeat(6000) } });
      const { position } = await client.appendToStream(stream, [event, { ...event, id: crypto.randomUUID() }]);
      acknowledged.push({ position: Number(position?.commit), at: statSync(log).size });
    }
  };
  await Promise.all(['a', 'b', 'c', 'd'].map((stream) => write(stream)));
  await node.end('SIGKILL');
  void client.dispose();
  return acknowledged;
}

(canPreload ? describe : describe.skip)('a power cut', () => {
  it('at any moment loses nothing acknowledged, and leaves nothing in half', async () => {
    using folder = temporaryFolder();
    const [log, data] = [join(folder.path, 'writes.log'), join(folder.path, 'data')];
    const acknowledged = await writeRecorded(folder.path, data, log);
    const record = readFileSync(log);
    const changes = readChanges(record);
    // Otherwise this test would prove nothing.
    expect(changes.filter(({ kind }) => kind === 'sync').length).toBeGreaterThan(50);
    expect(changes.some(({ kind, file, offset }) => kind === 'write' && file === 'events.db' && offset > 1e6)).toBe(
      true,
    );

    const ready = acknowledged[0]?.at ?? 0;
    for (let cutIndex = 0; cutIndex < 16; cutIndex += 1) {
      const cut = Math.floor(ready + Math.random() * (record.length - ready));
      const mostlyLost = cutIndex % 2 === 0;
      const restored = join(folder.path, `cut-${cutIndex}`);
      mkdirSync(restored);
      restoreDisk(changes, cut, restored, () => !mostlyLost && Math.random() < 0.5);
      expect(existsSync(join(restored, 'events.db'))).toBe(true);
      const database = openDatabase(restored);
      expect(verify(database).problems).toEqual([]);
      const stored = createEventLog(database);
      const lost = acknowledged.filter(({ at, position }) => at <= cut && !stored.isPosition(position));
      expect(lost).toEqual([]);
      // Both events of an append or none.
      const odd = database
        .prepare(
          "SELECT name FROM events JOIN streams s ON s.id = stream GROUP BY stream HAVING name IN ('a', 'b', 'c', 'd') AND count(*) % 2 = 1",
        )
        .all();
      expect(odd).toEqual([]);
      database.close();
    }
  }, 60_000);
});
