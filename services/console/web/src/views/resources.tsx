import type { KindStatusView, ResourceView } from '@mooring/contracts';
import { useState } from 'preact/hooks';
import { Moment } from '../components/moment.tsx';
import { ProblemNote } from '../components/problem-note.tsx';
import { choicesOf } from '../model/kinds.ts';
import { resourceFacts } from '../model/resource-facts.ts';
import { usePage } from '../stores/context.ts';
import { useFetched } from '../stores/use-fetched.ts';

const ResourceTable = ({ resources }: { resources: readonly ResourceView[] }) => (
  // What scrolls must be reachable with the keyboard.
  <div class="scrolls" role="region" aria-label="Resources of the cluster" tabIndex={0}>
    <table class="resources">
      <caption class="for-readers">Resources of the cluster</caption>
      <thead>
        <tr>
          <th scope="col">Kind</th>
          <th scope="col">Namespace</th>
          <th scope="col">Name</th>
          <th scope="col">Facts</th>
          <th scope="col">Created</th>
        </tr>
      </thead>
      <tbody>
        {resources.map(({ uid, kind, namespace, name, record, createdAt, staleSince }) => (
          <tr key={uid}>
            <td>{kind}</td>
            <td>{namespace ?? <span class="muted">–</span>}</td>
            <th scope="row">{name}</th>
            <td class="muted">
              {resourceFacts(kind, record)}
              {staleSince !== undefined && (
                <div class="small-text">
                  as it was known <Moment time={staleSince} />
                </div>
              )}
            </td>
            <td class="muted">{createdAt === undefined ? '–' : <Moment time={createdAt} />}</td>
          </tr>
        ))}
      </tbody>
    </table>
  </div>
);

export interface ResourcesProps {
  readonly connectionId: string;
  /** Of this cluster, to choose from. */
  readonly kinds: readonly KindStatusView[];
  /** Changes when it may be worth reading again. */
  readonly stamp: string;
}

/** The resources known of one cluster, a page at a time. */
export function Resources({ connectionId, kinds, stamp }: ResourcesProps) {
  const { api } = usePage().console;
  const [type, setType] = useState('');
  const [name, setName] = useState('');
  const [cursors, setCursors] = useState<readonly string[]>([]);
  const cursor = cursors.at(-1);
  const page = useFetched(JSON.stringify([connectionId, type, name, cursor]), stamp, () =>
    api.resources({ connectionId, type: type || undefined, name: name || undefined, cursor }),
  );
  const next = page.value?.nextCursor;
  return (
    <section aria-labelledby="resources-title">
      <div class="section-head">
        <h2 id="resources-title">Resources</h2>
        <div class="toolbar-right">
          <label>
            Kind{' '}
            <select
              value={type}
              onChange={(event) => {
                setType(event.currentTarget.value);
                setCursors([]);
              }}
            >
              <option value="">All</option>
              {choicesOf(kinds).map(({ value, label }) => (
                <option key={value} value={value}>
                  {label}
                </option>
              ))}
            </select>
          </label>
          <input
            type="search"
            placeholder="Part of the name"
            aria-label="Search resources by name"
            value={name}
            onInput={(event) => {
              setName(event.currentTarget.value);
              setCursors([]);
            }}
          />
        </div>
      </div>
      {page.problem !== undefined && <ProblemNote problem={page.problem} />}
      {page.value !== undefined &&
        (page.value.items.length === 0 ? (
          <p class="muted">
            {next !== undefined
              ? 'No resource matches so far; there may be more on the next page.'
              : type === '' && name === ''
                ? 'No resources are known.'
                : 'No resource matches.'}
          </p>
        ) : (
          <ResourceTable resources={page.value.items} />
        ))}
      {!page.loaded && page.problem === undefined && <p class="muted loading">Reading the resources…</p>}
      {(next !== undefined || cursors.length > 0) && (
        <div class="paging" role="group" aria-label="Pages of resources">
          <button type="button" disabled={cursors.length === 0} onClick={() => setCursors(cursors.slice(0, -1))}>
            Previous
          </button>
          <span class="muted">Page {cursors.length + 1}</span>
          <button
            type="button"
            disabled={next === undefined}
            onClick={() => next !== undefined && setCursors([...cursors, next])}
          >
            Next
          </button>
        </div>
      )}
    </section>
  );
}
