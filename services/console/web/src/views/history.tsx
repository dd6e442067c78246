import type { HistoryEntry } from '@mooring/contracts';
import { useState } from 'preact/hooks';
import { Copyable } from '../components/copyable.tsx';
import { Mark } from '../components/mark.tsx';
import { Moment } from '../components/moment.tsx';
import { ReasonText } from '../components/reason-text.tsx';
import { entryAt, positionOf, revisionAt } from '../model/history.ts';
import { toHash } from '../model/route.ts';
import { byWhom, lookOf } from '../model/states.ts';
import { localTime } from '../model/time.ts';
import { usePage } from '../stores/context.ts';

const ENTRIES_AT_ONCE = 50;

export interface HistoryProps {
  readonly id: string;
  /** Newest first. */
  readonly entries: readonly HistoryEntry[];
  /** The revision that is looked at; none is now. */
  readonly revision: string | undefined;
}

/** Moves through the moments of a connection's history. */
export function MomentSlider({ id, entries, revision }: HistoryProps) {
  const { router } = usePage();
  if (entries.length < 2) return null;
  const entry = revision === undefined ? undefined : entryAt(entries, revision);
  const text =
    entry === undefined ? 'Now' : `Revision ${entry.revision}: ${lookOf(entry.state).label}, ${localTime(entry.at)}`;
  return (
    <div class="slider">
      <label for="moment">State as of</label>
      <input
        id="moment"
        type="range"
        min={0}
        max={entries.length - 1}
        value={positionOf(entries, revision)}
        aria-valuetext={text}
        onInput={(event) => {
          const chosen = revisionAt(entries, Number(event.currentTarget.value));
          router.replace({ view: 'connection', id, ...(chosen === undefined ? {} : { revision: chosen }) });
        }}
      />
      <output for="moment">{text}</output>
    </div>
  );
}

function Entry({ id, entry, current }: { id: string; entry: HistoryEntry; current: boolean }) {
  const { shape, tone, label } = lookOf(entry.state);
  return (
    <li class={current ? 'current' : ''}>
      <Mark shape={shape} tone={tone} />
      <div class="entry">
        <div class="entry-head">
          <a
            href={toHash({ view: 'connection', id, revision: entry.revision })}
            aria-current={current ? 'true' : undefined}
            title={`Show the state at this moment (${entry.type})`}
          >
            {entry.summary}
          </a>
          <Moment time={entry.at} as="short" />
        </div>
        {entry.message !== entry.summary && <p>{entry.message}</p>}
        {entry.reason !== undefined && entry.reason.message !== entry.message && <ReasonText reason={entry.reason} />}
        <p class="entry-facts">
          <span>{label}</span>
          <span title={entry.userId}>by {byWhom(entry.by, entry.userId)}</span>
          <span>revision {entry.revision}</span>
          <span>
            trace <Copyable text={entry.traceId} label="trace id" shown={entry.traceId.slice(0, 8)} />
          </span>
        </p>
      </div>
    </li>
  );
}

export function History({ id, entries, revision }: HistoryProps) {
  const [entriesMax, setEntriesMax] = useState(ENTRIES_AT_ONCE);
  const chosen = revision === undefined ? entries[0] : entryAt(entries, revision);
  return (
    <>
      <ol class="history">
        {entries.slice(0, entriesMax).map((entry) => (
          <Entry key={entry.eventId} id={id} entry={entry} current={entry === chosen} />
        ))}
      </ol>
      {entries.length > entriesMax && (
        <button type="button" onClick={() => setEntriesMax(entriesMax + ENTRIES_AT_ONCE)}>
          Show older ({entries.length - entriesMax})
        </button>
      )}
    </>
  );
}
