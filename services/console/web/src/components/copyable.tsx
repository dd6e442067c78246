import { useState } from 'preact/hooks';

const SAID_MS = 2000;

/** An identifier that somebody will want to paste elsewhere: shortened to be read, copied whole. */
export function Copyable({ text, label, shown = text }: { text: string; label: string; shown?: string }) {
  const [said, setSaid] = useState('');
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text);
      setSaid('Copied');
    } catch {
      setSaid('Select it and copy by hand');
    }
    setTimeout(() => setSaid(''), SAID_MS);
  };
  return (
    <span class="copyable">
      <code title={text}>{shown}</code>
      <button type="button" class="quiet small" aria-label={`Copy ${label} ${text}`} onClick={() => void copy()}>
        Copy
      </button>
      <span role="status" class="copied">
        {said}
      </span>
    </span>
  );
}
