import { sql, type Selectable, type Transaction } from 'kysely';

/**
 * Inserts rows by one statement with one parameter, however many there are: a statement with a parameter for each value costs both sides
 * several times what the rows do. Values are as a `select` would give them; a `json` column takes the value itself, not its
 * text. With `key`, the columns of the primary key, a row that is there already takes over all that the new one says; of new rows
 * with the same key there may be one.
 *
 * Half a surrogate pair, which is no character, becomes U+FFFD. A NUL character is refused by PostgreSQL as in any text.
 */
export async function writeRows<DB, T extends keyof DB & string>(
  tx: Transaction<DB>,
  table: T,
  rows: readonly Selectable<DB[T]>[],
  key?: readonly (keyof DB[T] & string)[],
): Promise<void> {
  const [first] = rows;
  if (first === undefined) return;
  const name = sql.table(table);
  const others = Object.keys(first).filter((column) => key !== undefined && !key.some((part) => part === column));
  const onConflict =
    key === undefined
      ? sql``
      : sql`on conflict (${sql.join(key.map((column) => sql.ref(column)))}) do update set ${sql.join(
          others.map((column) => sql`${sql.ref(column)} = ${sql.ref(`excluded.${column}`)}`),
        )}`;
  await sql`
    insert into ${name}
    select * from json_populate_recordset(null::${name}, ${toJson(rows)}::json) ${onConflict}`.execute(tx);
}

function toJson(rows: readonly object[]): string {
  const text = JSON.stringify(rows.map(withoutBigints));
  // JSON writes half pairs as escapes, which PostgreSQL refuses. A backslash of the text itself is written as two.
  return text.includes('\\ud')
    ? text.replace(/\\(\\|ud[89a-f][0-9a-f]{2})/g, (escape) => (escape === '\\\\' ? escape : '\\ufffd'))
    : text;
}

/** JSON has no bigint; PostgreSQL reads one from its digits. Only whole columns are. */
function withoutBigints(row: object): object {
  let copy: Record<string, unknown> | undefined;
  for (const [column, value] of Object.entries(row) as [string, unknown][]) {
    if (typeof value !== 'bigint') continue;
    copy ??= { ...row };
    copy[column] = value.toString();
  }
  return copy ?? row;
}
