import { useEffect, useState } from 'preact/hooks';
import { usePage, type PageContext } from '../stores/context.ts';

/** Hands in one kubeconfig after the other; goes to the last one that was accepted, and says what was not. */
export async function handIn({ console, router }: PageContext, texts: readonly string[]): Promise<boolean> {
  let accepted = true;
  for (const text of texts) {
    const outcome = await console.imports.submit(text);
    if ('id' in outcome) {
      console.messages.dismiss();
      router.go({ view: 'import', id: outcome.id });
    } else {
      accepted = false;
      console.messages.sayProblem('The kubeconfig was not taken.', outcome.problem);
    }
  }
  return accepted;
}

const carriesFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes('Files') === true;

/** A kubeconfig may be dropped anywhere on the page. */
export function DropAnywhere() {
  const page = usePage();
  const [over, setOver] = useState(false);
  useEffect(() => {
    let depth = 0;
    const enter = (event: DragEvent): void => {
      if (!carriesFiles(event)) return;
      depth += 1;
      setOver(true);
    };
    const leave = (): void => {
      depth = Math.max(0, depth - 1);
      if (depth === 0) setOver(false);
    };
    const hover = (event: DragEvent): void => {
      if (carriesFiles(event)) event.preventDefault();
    };
    const drop = (event: DragEvent): void => {
      depth = 0;
      setOver(false);
      if (!carriesFiles(event)) return;
      event.preventDefault();
      const files = [...(event.dataTransfer?.files ?? [])];
      void Promise.all(files.map((file) => file.text())).then((texts) => handIn(page, texts));
    };
    window.addEventListener('dragenter', enter);
    window.addEventListener('dragleave', leave);
    window.addEventListener('dragover', hover);
    window.addEventListener('drop', drop);
    return () => {
      window.removeEventListener('dragenter', enter);
      window.removeEventListener('dragleave', leave);
      window.removeEventListener('dragover', hover);
      window.removeEventListener('drop', drop);
    };
  }, [page]);
  return over ? (
    <div class="drop-overlay" aria-hidden="true">
      <p>Drop the kubeconfig to import it</p>
    </div>
  ) : null;
}
