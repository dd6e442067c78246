import { useRef } from 'preact/hooks';
import { usePage } from '../stores/context.ts';
import { handIn } from './drop-anywhere.tsx';

/** Chooses kubeconfig files and hands them in. */
export function FileButton({ label, primary = false }: { label: string; primary?: boolean }) {
  const page = usePage();
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <button type="button" class={primary ? 'primary' : ''} onClick={() => input.current?.click()}>
        {label}
      </button>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        aria-label="Kubeconfig files"
        onChange={(event) => {
          const files = [...(event.currentTarget.files ?? [])];
          event.currentTarget.value = '';
          void Promise.all(files.map((file) => file.text())).then((texts) => handIn(page, texts));
        }}
      />
    </>
  );
}
