import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Client } from 'pg';
import { janitor, startHelper } from './janitor.ts';

export interface TestDatabase {
  /** The superuser's `postgres://` URL. */
  readonly url: string;
  readonly name: string;
}

export interface TestPostgres extends AsyncDisposable {
  readonly port: number;
  /** The superuser's URL of the maintenance database, to make users with. */
  readonly adminUrl: string;
  /** A database that is fresh and empty; dropped, with whoever is still connected, on dispose. */
  createDatabase(): Promise<TestDatabase>;
}

/**
 * A real PostgreSQL. All test files of one process share a server, which the first of them starts (about a second) and
 * which ends with the process; what a file makes in it is its own. Users are the server's: give them names of your own.
 */
export async function startTestPostgres(): Promise<TestPostgres> {
  const port = (await runningPort()) ?? (await startShared());
  const urlOf = (name: string): string => `postgres://postgres:test@127.0.0.1:${port}/${name}`;
  const adminUrl = urlOf('postgres');
  const made: string[] = [];
  return {
    port,
    adminUrl,
    async createDatabase() {
      const name = `test_${randomUUID().replaceAll('-', '')}`;
      await query(adminUrl, `create database ${name}`);
      made.push(name);
      return { url: urlOf(name), name };
    },
    async [Symbol.asyncDispose]() {
      for (const name of made.splice(0)) await query(adminUrl, `drop database if exists ${name} with (force)`);
    },
  };
}

/** Test files do not share modules or globals, only their process: so the address is kept in a file named by its id. */
const addressFile = (): string => join(tmpdir(), `mooring-test-postgres-${process.pid}.json`);

async function runningPort(): Promise<number | undefined> {
  try {
    const { port } = JSON.parse(await readFile(addressFile(), 'utf8')) as { port: number };
    await query(`postgres://postgres:test@127.0.0.1:${port}/postgres`, 'select 1');
    return port;
  } catch {
    // None yet, or one of a former process with this id.
    return undefined;
  }
}

async function startShared(): Promise<number> {
  const keeper = startHelper('postgres-keeper', [], 'pipe');
  if (keeper.stdout === null) throw new Error('the keeper of PostgreSQL has no output');
  const lines = createInterface({ input: keeper.stdout });
  const [line] = (await Promise.race([once(lines, 'line'), once(keeper, 'exit')])) as [unknown];
  lines.close();
  keeper.stdout.destroy();
  if (typeof line !== 'string') throw new Error('PostgreSQL for tests did not start; see the output above');
  await writeFile(addressFile(), line, { mode: 0o600 });
  janitor.watchFolder(addressFile());
  return (JSON.parse(line) as { port: number }).port;
}

async function query(url: string, text: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(text);
  } finally {
    await client.end();
  }
}
