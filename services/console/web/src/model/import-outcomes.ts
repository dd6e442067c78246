import type { ContextOutcome, ImportContextView } from '@mooring/contracts';
import type { Shape, Tone } from './states.ts';

export interface OutcomeLook {
  readonly label: string;
  readonly shape: Shape;
  readonly tone: Tone;
}

const OUTCOME_LOOKS: Readonly<Record<ContextOutcome | 'pending', OutcomeLook>> = {
  pending: { label: 'Looking…', shape: 'half', tone: 'progress' },
  registered: { label: 'Registered', shape: 'dot', tone: 'good' },
  known: { label: 'Already known', shape: 'ring', tone: 'news' },
  superseded: { label: 'Same cluster as another', shape: 'ring', tone: 'news' },
  unreachable: { label: 'Unreachable', shape: 'question', tone: 'bad' },
  refused: { label: 'Refused', shape: 'triangle', tone: 'bad' },
  invalid: { label: 'Invalid', shape: 'cross', tone: 'bad' },
  deleted: { label: 'Deleted meanwhile', shape: 'cross', tone: 'quiet' },
};

export const outcomeLook = (outcome: string): OutcomeLook =>
  Object.hasOwn(OUTCOME_LOOKS, outcome)
    ? OUTCOME_LOOKS[outcome as ContextOutcome]
    : { label: outcome, shape: 'ring', tone: 'quiet' };

const NEEDS_A_PERSON: readonly string[] = ['unreachable', 'refused', 'invalid'];

/** `2 of 3 contexts done, 1 needs a look.` */
export function progressOf(contexts: readonly ImportContextView[]): string {
  const done = contexts.filter(({ outcome }) => outcome !== 'pending').length;
  const attention = contexts.filter(({ outcome }) => NEEDS_A_PERSON.includes(outcome)).length;
  const counts =
    done === contexts.length
      ? contexts.length === 1
        ? 'The context has its outcome'
        : `All ${contexts.length} contexts have their outcome`
      : `${done} of ${contexts.length} contexts done`;
  return attention === 0 ? `${counts}.` : `${counts}; ${attention} ${attention === 1 ? 'needs' : 'need'} a look.`;
}

/** The API's own bound (5 MiB); larger files are refused before they travel. */
export const KUBECONFIG_BYTES_MAX = 5 * 1024 * 1024;

/** Why a text is not worth sending, or nothing. What is inside is the server's to judge. */
export function refusalOf(text: string, bytes: number): string | undefined {
  if (text.trim() === '') return 'It is empty. A kubeconfig is usually at ~/.kube/config.';
  if (bytes > KUBECONFIG_BYTES_MAX) return `It is larger than ${KUBECONFIG_BYTES_MAX / 1024 / 1024} MB.`;
  return undefined;
}
