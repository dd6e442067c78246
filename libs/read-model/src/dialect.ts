import { isFailure } from '@mooring/kernel';
import { PostgresDialect, PostgresDriver, type DatabaseConnection, type Driver } from 'kysely';
import type { Pool } from 'pg';
import { toFailure } from './failures.ts';

/** Kysely's PostgreSQL driver, whose errors of the world are Failures. */
class FailureDriver extends PostgresDriver {
  readonly #translated = new WeakSet<DatabaseConnection>();

  override async acquireConnection(
    ...given: Parameters<PostgresDriver['acquireConnection']>
  ): ReturnType<PostgresDriver['acquireConnection']> {
    const connection = await super.acquireConnection(...given).catch(rethrow(''));
    if (!this.#translated.has(connection)) {
      this.#translated.add(connection);
      const execute = connection.executeQuery.bind(connection);
      connection.executeQuery = (query, ...rest) => execute<never>(query, ...rest).catch(rethrow(query.sql));
    }
    return connection;
  }

  override async rollbackTransaction(
    ...given: Parameters<PostgresDriver['rollbackTransaction']>
  ): ReturnType<PostgresDriver['rollbackTransaction']> {
    try {
      await super.rollbackTransaction(...given);
    } catch (thrown) {
      // The connection is gone, and with it the transaction: what made us roll back is the better news.
      if (!isFailure(thrown)) throw thrown;
    }
  }
}

const rethrow =
  (statement: string) =>
  (thrown: unknown): never => {
    throw toFailure(thrown, statement);
  };

class FailureDialect extends PostgresDialect {
  readonly #pool: Pool;

  constructor(pool: Pool) {
    super({ pool });
    this.#pool = pool;
  }

  override createDriver(): Driver {
    return new FailureDriver({ pool: this.#pool });
  }
}

export const createDialect = (pool: Pool): PostgresDialect => new FailureDialect(pool);
