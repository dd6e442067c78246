import type { NotificationView } from '@mooring/contracts';
import { useState } from 'preact/hooks';
import { Mark } from '../components/mark.tsx';
import { Moment } from '../components/moment.tsx';
import { ProblemNote } from '../components/problem-note.tsx';
import { connectionHash } from '../model/route.ts';
import { shapeOfSeverity, toneOfSeverity } from '../model/severity.ts';
import { shortUser } from '../model/states.ts';
import { usePage } from '../stores/context.ts';
import { useStore } from '../stores/use-store.ts';

function Standing({ notification, name }: { notification: NotificationView; name: string }) {
  const { actedUpon, raisedAt, lastAt, count, acknowledgedAt, acknowledgedBy, resolvedAt } = notification;
  return (
    <p class="entry-facts">
      <span>
        <a href={connectionHash(actedUpon)}>{name}</a>
      </span>
      <span>
        raised <Moment time={raisedAt} />
      </span>
      {count > 1 && (
        <span>
          {count} times, last <Moment time={lastAt} />
        </span>
      )}
      {acknowledgedAt !== undefined && (
        <span>
          acknowledged {acknowledgedBy === undefined ? '' : `by ${shortUser(acknowledgedBy)} `}
          <Moment time={acknowledgedAt} />
        </span>
      )}
      {resolvedAt !== undefined && (
        <span>
          resolved <Moment time={resolvedAt} />
        </span>
      )}
    </p>
  );
}

function Item({ notification }: { notification: NotificationView }) {
  const { console } = usePage();
  const { value: rows } = useStore(console.connections.rows);
  const [busy, setBusy] = useState(false);
  const { status, severityNumber, severityText, title, text, suggestedRemediation, actedUpon } = notification;
  const connection = rows.get(actedUpon);
  const acknowledge = async (): Promise<void> => {
    setBusy(true);
    await console.acknowledge(notification);
    setBusy(false);
  };
  return (
    <li class={`notification ${status}`}>
      <Mark
        shape={status === 'resolved' ? 'ring' : shapeOfSeverity(severityNumber)}
        tone={status === 'resolved' ? 'quiet' : toneOfSeverity(severityNumber, severityText)}
      />
      <div class="entry">
        <div class="entry-head">
          <h3>{title}</h3>
          <span class="severity">{status === 'resolved' ? 'resolved' : severityText}</span>
        </div>
        <p>{text}</p>
        {suggestedRemediation !== undefined && status !== 'resolved' && (
          <p class="remedy">
            <span class="remedy-label">What to do:</span> {suggestedRemediation}
          </p>
        )}
        <Standing notification={notification} name={connection?.name ?? 'the connection'} />
      </div>
      {status === 'open' && (
        <button type="button" disabled={busy} aria-label={`Acknowledge: ${title}`} onClick={() => void acknowledge()}>
          Acknowledge
        </button>
      )}
    </li>
  );
}

const Section = ({ title, list }: { title: string; list: readonly NotificationView[] }) =>
  list.length === 0 ? null : (
    <section>
      <h2>
        {title} <span class="count">{list.length}</span>
      </h2>
      <ul class="notifications">
        {list.map((notification) => (
          <Item key={notification.id} notification={notification} />
        ))}
      </ul>
    </section>
  );

/** What needs a person, what a person has seen, and what is over. */
export function Notifications() {
  const { console } = usePage();
  const { value, loaded, problem } = useStore(console.notifications.list);
  const open = value.current.filter(({ status }) => status === 'open');
  return (
    <>
      <div class="page-head">
        <h1 tabIndex={-1}>Notifications</h1>
      </div>
      {problem !== undefined && <ProblemNote problem={problem} />}
      {!loaded && problem === undefined && <p class="muted loading">Reading the notifications…</p>}
      {loaded && open.length === 0 && <p class="nothing">Nothing needs you.</p>}
      <Section title="Open" list={open} />
      <Section title="Acknowledged" list={value.current.filter(({ status }) => status === 'acknowledged')} />
      <Section title="Resolved" list={value.resolved} />
    </>
  );
}
