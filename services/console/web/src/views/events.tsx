import { useState } from 'preact/hooks';
import { ProblemNote } from '../components/problem-note.tsx';
import { connectionIdOf } from '../model/events.ts';
import { matches } from '../model/feed.ts';
import type { Route } from '../model/route.ts';
import { SEVERITY_CHOICES } from '../model/severity.ts';
import { counted } from '../model/time.ts';
import { usePage } from '../stores/context.ts';
import { useStore } from '../stores/use-store.ts';
import { EventEntry } from './event-entry.tsx';

const ENTRIES_AT_ONCE = 200;

type EventsRoute = Extract<Route, { view: 'events' }>;

function Controls({ route }: { route: EventsRoute }) {
  const { console, router } = usePage();
  const { value: feed } = useStore(console.feed.feed);
  const waiting = feed.waiting.length;
  return (
    <div class="toolbar">
      <div class="toolbar-left">
        <button
          type="button"
          aria-pressed={feed.paused}
          onClick={() => (feed.paused ? console.feed.resume() : console.feed.pause())}
        >
          {feed.paused ? 'Resume' : 'Pause'}
        </button>
        <span class="muted" role="status">
          {feed.paused ? (waiting === 0 ? 'Paused' : `Paused, ${counted(waiting, 'new event')} waiting`) : ''}
        </span>
      </div>
      <div class="toolbar-right">
        <label>
          Severity{' '}
          <select
            value={String(route.severityMax)}
            onChange={(event) => router.replace({ ...route, severityMax: Number(event.currentTarget.value) })}
          >
            {SEVERITY_CHOICES.map(({ max, label }) => (
              <option key={max} value={String(max)}>
                {label}
              </option>
            ))}
          </select>
        </label>
        <input
          type="search"
          class="search"
          placeholder="Search text, type, trace id"
          aria-label="Search events"
          value={route.search}
          onInput={(event) => router.replace({ ...route, search: event.currentTarget.value })}
        />
      </div>
    </div>
  );
}

/** What happened, newest first, as it happens. */
export function Events({ route }: { route: EventsRoute }) {
  const { console } = usePage();
  const { value: feed, loaded, problem } = useStore(console.feed.feed);
  const { value: rows } = useStore(console.connections.rows);
  const [entriesMax, setEntriesMax] = useState(ENTRIES_AT_ONCE);
  const entries = feed.entries.filter((entry) => matches(entry, route.severityMax, route.search));
  const hidden = entries.length > entriesMax;
  const more = (): void => {
    setEntriesMax(entriesMax + ENTRIES_AT_ONCE);
    if (!hidden) void console.feed.loadOlder();
  };
  return (
    <>
      <div class="page-head">
        <h1 tabIndex={-1}>Events</h1>
      </div>
      <Controls route={route} />
      {problem !== undefined && <ProblemNote problem={problem} />}
      {!loaded && problem === undefined && <p class="muted loading">Reading the event log…</p>}
      {loaded && entries.length === 0 && (
        <p class="nothing">{feed.entries.length === 0 ? 'Nothing has happened yet.' : 'No event matches so far.'}</p>
      )}
      <ol class="events" aria-label="Events, newest first">
        {entries.slice(0, entriesMax).map((entry) => (
          <EventEntry key={entry.id} entry={entry} name={rows.get(connectionIdOf(entry.event) ?? '')?.name} />
        ))}
      </ol>
      {(hidden || feed.olderCursor !== undefined) && (
        <p class="more">
          <button type="button" onClick={more}>
            Show older
          </button>
        </p>
      )}
    </>
  );
}
