import type { Shape, Tone } from '../model/states.ts';
import type { StreamStatus } from '../model/stream-status.ts';
import { localTime } from '../model/time.ts';
import { usePage } from '../stores/context.ts';
import { useStore } from '../stores/use-store.ts';
import { Mark } from './mark.tsx';

const LOOKS: Readonly<Record<StreamStatus['state'], { shape: Shape; tone: Tone; label: string; title: string }>> = {
  connecting: { shape: 'half', tone: 'progress', label: 'Connecting', title: 'The event stream is being opened.' },
  live: { shape: 'dot', tone: 'good', label: 'Live', title: 'What happens is shown as it happens.' },
  reconnecting: { shape: 'half', tone: 'care', label: 'Reconnecting', title: 'The event stream broke off.' },
  lost: { shape: 'triangle', tone: 'bad', label: 'Lost', title: 'No event stream; what is shown may be out of date.' },
};

export function StreamState() {
  const { state } = useStore(usePage().console.stream.status);
  const { shape, tone, label, title } = LOOKS[state];
  return (
    <span class={`stream-state tone-${tone}`} title={title} role="status" aria-label={`Event stream: ${label}`}>
      <Mark shape={shape} tone={tone} />
      <span class="stream-label">{label}</span>
    </span>
  );
}

/** Says that the page may be out of date, and since when; gone as soon as the stream is back. */
export function StreamBanner() {
  const { stream } = usePage().console;
  const status = useStore(stream.status);
  if (status.state === 'connecting' || status.state === 'live') return null;
  const since = localTime(new Date(status.sinceMs).toISOString()).slice(11);
  return (
    <div class={`banner ${status.state === 'lost' ? 'tone-bad' : 'tone-care'}`} role="alert">
      <Mark shape="triangle" tone={status.state === 'lost' ? 'bad' : 'care'} />
      <p>
        {status.state === 'lost'
          ? `No connection to Mooring since ${since}. What you see may be out of date; still trying.`
          : `The live connection broke off at ${since}. What you see may be out of date; reconnecting…`}
      </p>
      <button type="button" onClick={() => stream.retry()}>
        Try now
      </button>
    </div>
  );
}
