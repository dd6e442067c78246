import type { ConnectionView, HistoryEntry } from '@mooring/contracts';
import { useEffect } from 'preact/hooks';
import { ActionButtons } from '../components/action-menu.tsx';
import { Moment } from '../components/moment.tsx';
import { ProblemNote } from '../components/problem-note.tsx';
import { ReasonText } from '../components/reason-text.tsx';
import { StateChip } from '../components/state-chip.tsx';
import { comparedFacts, factsOf } from '../model/facts.ts';
import { newestFirst } from '../model/history.ts';
import { connectionHash, type Route } from '../model/route.ts';
import { lookOf } from '../model/states.ts';
import { useNowMs, usePage } from '../stores/context.ts';
import { useFetched } from '../stores/use-fetched.ts';
import { useStore } from '../stores/use-store.ts';
import { Cluster } from './cluster.tsx';
import { Facts } from './facts.tsx';
import { History, MomentSlider } from './history.tsx';
import { Resources } from './resources.tsx';

/** Counts of a cluster change without an event of the log; while one looks at them they are read again this often. */
const COUNTS_EVERY_MS = 10_000;
const HISTORY_PAGES_MAX = 10;

type ConnectionRoute = Extract<Route, { view: 'connection' }>;

function useHistory(id: string, stamp: string) {
  const { api } = usePage().console;
  return useFetched<readonly HistoryEntry[]>(id, stamp, async () => {
    const all: HistoryEntry[] = [];
    let cursor: string | undefined;
    for (let page = 0; page < HISTORY_PAGES_MAX; page += 1) {
      const answer = await api.history(id, cursor);
      if (!answer.ok) return answer;
      all.push(...answer.value.items);
      cursor = answer.value.nextCursor;
      if (cursor === undefined) break;
    }
    return { ok: true, value: newestFirst(all) };
  });
}

function Past({ then, now }: { then: ConnectionView; now: ConnectionView }) {
  return (
    <>
      <div class="past" role="status">
        <p>
          As it was at revision {then.revision}, <Moment time={then.changedAt} as="full" />:{' '}
          <strong>{lookOf(then.state).label}</strong>
        </p>
        <a class="button" href={connectionHash(now.id)}>
          Back to now
        </a>
      </div>
      {then.reason !== undefined && <ReasonText reason={then.reason} />}
      <Facts facts={comparedFacts(then, now)} />
    </>
  );
}

function Head({ connection }: { connection: ConnectionView }) {
  const { name, state, changedAt, reason } = connection;
  return (
    <>
      <div class="page-head">
        <div class="title">
          <h1 tabIndex={-1}>{name}</h1>
          <StateChip state={state} />
          <span class="muted">
            since <Moment time={changedAt} />
          </span>
        </div>
        <ActionButtons connection={connection} />
      </div>
      {reason !== undefined && (
        <div class={`note tone-${lookOf(state).tone}`}>
          <ReasonText reason={reason} />
        </div>
      )}
    </>
  );
}

function Detail({ connection, revision }: { connection: ConnectionView; revision: string | undefined }) {
  const { console } = usePage();
  const { id } = connection;
  const touched = useStore(console.touched).get(id) ?? 0;
  const round = Math.floor(useNowMs() / COUNTS_EVERY_MS);
  const history = useHistory(id, `${connection.revision}/${touched}`);
  const past = useFetched(`${id}@${revision ?? ''}`, '', () =>
    revision === undefined
      ? Promise.resolve({ ok: true as const, value: undefined })
      : console.api.connectionAsOf(id, revision),
  );
  const cluster = useFetched(id, `${connection.state}/${touched}/${round}`, () => console.api.cluster(id));
  const entries = history.value ?? [];
  return (
    <>
      <Head connection={connection} />
      <div class="columns">
        <div>
          <section aria-labelledby="facts-title">
            <h2 id="facts-title">Facts</h2>
            <MomentSlider id={id} entries={entries} revision={revision} />
            {past.problem !== undefined && <ProblemNote problem={past.problem} />}
            {revision !== undefined && past.value !== undefined ? (
              <Past then={past.value} now={connection} />
            ) : (
              <Facts facts={factsOf(connection)} />
            )}
          </section>
          <section aria-labelledby="cluster-title">
            <h2 id="cluster-title">Watching</h2>
            {cluster.value !== undefined && <Cluster cluster={cluster.value} />}
            {cluster.problem !== undefined &&
              (cluster.problem.status === 404 ? (
                <p class="muted">Nothing has been watched here yet.</p>
              ) : (
                <ProblemNote problem={cluster.problem} />
              ))}
          </section>
        </div>
        <section aria-labelledby="history-title">
          <h2 id="history-title">History</h2>
          {history.problem !== undefined && <ProblemNote problem={history.problem} />}
          {!history.loaded && history.problem === undefined && <p class="muted loading">Reading the history…</p>}
          <History id={id} entries={entries} revision={revision} />
        </section>
      </div>
      <Resources connectionId={id} kinds={cluster.value?.kinds ?? []} stamp={`${touched}/${round}`} />
    </>
  );
}

/** One connection: what it is, what may be done with it, how it came to be so. */
export function Connection({ route }: { route: ConnectionRoute }) {
  const { console, router } = usePage();
  const rows = useStore(console.connections.rows);
  const known = rows.value.get(route.id);
  const asked = useFetched(route.id, '', () => console.api.connection(route.id));
  useEffect(() => {
    if (asked.value === undefined) return;
    console.connections.put(asked.value);
    // The one asked for was merged into another that stands for the same cluster.
    if (asked.value.id !== route.id) router.replace({ view: 'connection', id: asked.value.id });
  }, [asked.value]);
  const connection = known ?? asked.value;
  return (
    <>
      <p class="back">
        <a href="#/connections">← All connections</a>
      </p>
      {connection !== undefined && <Detail connection={connection} revision={route.revision} />}
      {connection === undefined && <h1 tabIndex={-1}>Connection</h1>}
      {connection === undefined && asked.problem !== undefined && <ProblemNote problem={asked.problem} />}
      {connection === undefined && asked.problem === undefined && <p class="muted loading">Reading the connection…</p>}
    </>
  );
}
