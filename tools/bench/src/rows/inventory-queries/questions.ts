import type { Client } from 'pg';

/** One kind of question, asked of the service over HTTP again and again, and once in a while of the tables by plain SQL. */
export interface Question {
  readonly what: string;
  /** `round` counts from 0; questions of different rounds are about different things. `ids` are the connections. */
  readonly path: (round: number, ids: readonly string[]) => string;
  /** The same, as somebody would write it who has the tables and no plan: what an index or a count saves. */
  readonly plain: (round: number, ids: readonly string[]) => PlainQuery;
}

export interface PlainQuery {
  readonly text: string;
  readonly values: readonly unknown[];
}

const PAGE = 100;
const FREQUENT = [
  'checkout',
  'basket',
  'payments',
  'prometheus',
  'redis',
  'frontend',
  'ledger',
  'kafka',
  'orders',
  'vault',
];
const TIERS = ['frontend', 'backend', 'data'];

const pick = (values: readonly string[], round: number): string => values[round % values.length] ?? '';
const team = (round: number): string => `team-${(round * 7) % 60}`;
/** The name of a pod's replica set starts with ten hex digits that nobody else has. */
const HEX = (round: number): string =>
  ((round * 2_654_435_761) % 0x1_0000_0000).toString(16).padStart(8, '0').slice(0, 4);

const IN_ORDER = 'order by type, namespace, name, connection_id, uid limit 101';
const COLUMNS = 'connection_id, uid, type, kind, namespace, name, labels, record';

const search = (where: string, ...values: readonly unknown[]): PlainQuery => ({
  text: `select ${COLUMNS} from resource where ${where} ${IN_ORDER}`,
  values,
});
const counts = (where: string, ...values: readonly unknown[]): PlainQuery => ({
  text: `select type, namespace, connection_id, state, count(*) from resource where ${where}
    group by grouping sets ((type), (namespace), (connection_id), (state), ())`,
  values,
});
const TEXT = "(name || ' ' || labels::text || ' ' || coalesce(record ->> 'images', ''))";

export const QUESTIONS: readonly Question[] = [
  {
    what: 'first page of everything',
    path: () => `?limit=${PAGE}`,
    plain: () => search('true'),
  },
  {
    what: 'pods of one cluster',
    path: (round, ids) => `?connectionId=${pick(ids, round)}&type=pods&limit=${PAGE}`,
    plain: (round, ids) => search("connection_id = $1 and type = 'pods'", pick(ids, round)),
  },
  {
    what: 'deployments of a namespace, all clusters',
    path: (round) => `?kind=Deployment&namespace=${team(round)}&limit=${PAGE}`,
    plain: (round) => search("kind = 'Deployment' and namespace = $1", team(round)),
  },
  {
    what: 'not ready, all clusters',
    path: (round) => `?state=not-ready&limit=${PAGE}&type=${pick(['pods', 'deployments.apps', 'nodes'], round)}`,
    plain: (round) => search("state = 'not-ready' and type = $1", pick(['pods', 'deployments.apps', 'nodes'], round)),
  },
  {
    what: 'words: frequent',
    path: (round) => `?q=${pick(FREQUENT, round)}&limit=${PAGE}`,
    plain: (round) => search(`${TEXT} ilike $1`, `%${pick(FREQUENT, round)}%`),
  },
  {
    what: 'words: two frequent ones together',
    path: (round) => `?q=${pick(FREQUENT, round)}+${pick(TIERS, round)}&limit=${PAGE}`,
    plain: (round) =>
      search(`${TEXT} ilike $1 and ${TEXT} ilike $2`, `%${pick(FREQUENT, round)}%`, `%${pick(TIERS, round)}%`),
  },
  {
    what: 'words: start of a rare one',
    path: (round) => `?q=${HEX(round)}&limit=${PAGE}`,
    plain: (round) => search(`${TEXT} ilike $1`, `%${HEX(round)}%`),
  },
  {
    what: 'words: none',
    path: (round) => `?q=nothing${round}&limit=${PAGE}`,
    plain: (round) => search(`${TEXT} ilike $1`, `%nothing${round}%`),
  },
  {
    what: 'part of a name',
    path: (round) => `?name=${HEX(round)}&limit=${PAGE}`,
    plain: (round) => search('name ilike $1', `%${HEX(round)}%`),
  },
  {
    what: 'part of a name: frequent',
    path: (round) => `?name=${pick(FREQUENT, round).slice(1, 5)}&limit=${PAGE}`,
    plain: (round) => search('name ilike $1', `%${pick(FREQUENT, round).slice(1, 5)}%`),
  },
  {
    what: 'two labels',
    path: (round) =>
      `?label=app.kubernetes.io/name=${pick(FREQUENT, round)},app.kubernetes.io/part-of=${team(round)}&limit=${PAGE}`,
    plain: (round) =>
      search('labels @> $1', {
        'app.kubernetes.io/name': pick(FREQUENT, round),
        'app.kubernetes.io/part-of': team(round),
      }),
  },
  {
    what: 'a label that everything has, of deployments',
    path: (round) => `?label=tier=${pick(TIERS, round)}&type=deployments.apps&limit=${PAGE}`,
    plain: (round) => search("labels @> $1 and type = 'deployments.apps'", { tier: pick(TIERS, round) }),
  },
  {
    what: 'image, namespace and state',
    path: (round) => `?image=${pick(FREQUENT, round)}&namespace=${team(round)}&state=not-ready&limit=${PAGE}`,
    plain: (round) =>
      search(
        "record ->> 'images' ilike $1 and namespace = $2 and state = 'not-ready'",
        `%${pick(FREQUENT, round)}%`,
        team(round),
      ),
  },
  {
    what: 'pods of a node',
    path: (round) => `?node=worker-${round % 100}.cluster-${1 + (round % 100)}&limit=${PAGE}`,
    plain: (round) => search("record ->> 'node' = $1", `worker-${round % 100}.cluster-${1 + (round % 100)}`),
  },
  {
    what: 'one object, with relations and changes',
    path: (round, ids) => `/${pick(ids, round)}/uid-${1 + (round % ids.length)}-${(round * 13) % 10_000}`,
    plain: (round, ids) =>
      search(
        'connection_id = $1 and uid = $2',
        pick(ids, round),
        `uid-${1 + (round % ids.length)}-${(round * 13) % 10_000}`,
      ),
  },
  {
    what: 'facets of everything',
    path: () => '/facets',
    plain: () => counts('true'),
  },
  {
    what: 'facets of a namespace and type',
    path: (round) => `/facets?namespace=${team(round)}&type=pods`,
    plain: (round) => counts("namespace = $1 and type = 'pods'", team(round)),
  },
  {
    what: 'facets of words: frequent',
    path: (round) => `/facets?q=${pick(FREQUENT, round)}`,
    plain: (round) => counts(`${TEXT} ilike $1`, `%${pick(FREQUENT, round)}%`),
  },
  {
    what: 'facets of words: rare',
    path: (round) => `/facets?q=${HEX(round)}`,
    plain: (round) => counts(`${TEXT} ilike $1`, `%${HEX(round)}%`),
  },
];

/** Milliseconds that the plain query takes from here. */
export async function timePlain(sql: Client, { text, values }: PlainQuery): Promise<number> {
  const startedAt = performance.now();
  await sql.query(text, [...values]);
  return performance.now() - startedAt;
}
