import { useEffect, useState } from 'preact/hooks';
import { handIn } from '../components/drop-anywhere.tsx';
import { FileButton } from '../components/file-button.tsx';
import { Moment } from '../components/moment.tsx';
import { ProblemNote } from '../components/problem-note.tsx';
import { progressOf } from '../model/import-outcomes.ts';
import { toHash } from '../model/route.ts';
import { usePage } from '../stores/context.ts';
import { useStore } from '../stores/use-store.ts';
import { ImportOutcomes } from './import-outcomes.tsx';

function Paste() {
  const page = usePage();
  const [text, setText] = useState('');
  const [busy, setBusy] = useState(false);
  const submit = async (): Promise<void> => {
    setBusy(true);
    // What was taken is not kept: it is a credential.
    if (await handIn(page, [text])) setText('');
    setBusy(false);
  };
  return (
    <form
      class="paste"
      autocomplete="off"
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <label for="kubeconfig">Or paste its text</label>
      <textarea
        id="kubeconfig"
        rows={8}
        spellcheck={false}
        autocapitalize="off"
        value={text}
        placeholder={'apiVersion: v1\nkind: Config\nclusters: …'}
        onInput={(event) => setText(event.currentTarget.value)}
      />
      <button type="submit" class="primary" disabled={busy || text.trim() === ''}>
        {busy ? 'Handing in…' : 'Import'}
      </button>
    </form>
  );
}

/** Hands kubeconfigs in, and tells the outcome of each of their contexts. */
export function Import({ id }: { id: string | undefined }) {
  const { console } = usePage();
  const { value: imports, problem } = useStore(console.imports.imports);
  useEffect(() => void console.imports.reload(), []);
  useEffect(() => {
    if (id !== undefined) console.imports.follow(id);
  }, [id]);
  const chosen = id === undefined ? undefined : imports.get(id);
  const others = [...imports.values()].filter((view) => view.id !== id);
  return (
    <>
      <div class="page-head">
        <h1 tabIndex={-1}>Import</h1>
      </div>
      {chosen !== undefined && <ImportOutcomes view={chosen} />}
      <section class="hand-in" aria-label="Hand in a kubeconfig">
        <div class="drop-hint">
          <p>
            Drop a <strong>kubeconfig</strong> anywhere on this page.
          </p>
          <FileButton label="Choose files…" primary={chosen === undefined} />
          <p class="muted small-text">
            Every context becomes a connection. Credentials are stored encrypted and never shown again. Contexts that
            run programs (<code>exec</code>) or name other files are refused, one by one.
          </p>
        </div>
        <Paste />
      </section>
      {problem !== undefined && <ProblemNote problem={problem} />}
      {others.length > 0 && (
        <section aria-labelledby="earlier-title">
          <h2 id="earlier-title">{chosen === undefined ? 'Handed in so far' : 'Others'}</h2>
          <ul class="earlier">
            {others.map((view) => (
              <li key={view.id}>
                <a href={toHash({ view: 'import', id: view.id })}>
                  {view.origin === 'startup' ? 'Given at start' : 'Handed in'} <Moment time={view.requestedAt} />
                </a>{' '}
                <span class="muted">{progressOf(view.contexts)}</span>
              </li>
            ))}
          </ul>
        </section>
      )}
    </>
  );
}
