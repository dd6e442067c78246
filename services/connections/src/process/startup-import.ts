import { createBackoff, delay, Failure, isFailure, randomUuid } from '@mooring/kernel';
import { KUBECONFIG_CONTEXTS_MAX } from '@mooring/contracts';
import { ALLOWANCES, type Allowance } from '../kubeconfig/access.ts';
import { submitImport } from './imports.ts';

export interface StartupImport {
  readonly text: string;
  readonly allowed: ReadonlySet<Allowance>;
  readonly readFile: (path: string) => string;
  readonly systemId: string;
  readonly signal: AbortSignal;
}

/** The words an operator may allow, checked. Throws a Failure `invalid` that names the wrong one. */
export function readAllowances(words: readonly string[]): ReadonlySet<Allowance> {
  return new Set(
    words.map((word) => {
      const allowance = ALLOWANCES.find((candidate) => candidate === word);
      if (allowance === undefined) {
        throw new Failure('invalid', `CONNECTIONS_STARTUP_ALLOW: "${word}" is not one of ${ALLOWANCES.join(', ')}`);
      }
      return allowance;
    }),
  );
}

/** Imports the operator's kubeconfig, waiting for the stores as long as it takes. Gives the id of the import; a text that is no kubeconfig is a Failure `invalid`. */
export async function importAtStart(
  deps: Parameters<typeof submitImport>[0],
  { text, allowed, readFile, systemId, signal }: StartupImport,
): Promise<string | undefined> {
  const backoff = createBackoff({ minMs: 200, maxMs: 5_000 });
  const context = { correlationId: randomUuid(), systemId };
  while (!signal.aborted) {
    try {
      const rules = { allowed, operator: true, readFile };
      const result = await submitImport(deps, {
        text,
        origin: 'startup',
        rules,
        context,
        contextsMax: KUBECONFIG_CONTEXTS_MAX,
      });
      if (result.ok) return result.value.importId;
      throw new Failure('invalid', `the kubeconfig given at start cannot be used: ${result.error.message}`);
    } catch (thrown) {
      if (!isFailure(thrown) || !thrown.retryCanHelp) throw thrown;
      await delay(backoff.next(), signal);
    }
  }
  return undefined;
}
