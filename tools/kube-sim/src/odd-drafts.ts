import { podDraft } from './objects.ts';
import type { ObjectDraft } from './store.ts';

/** An object as a cluster can hold one, though nobody expects it; real servers accept all of these but the name with other characters. */
export interface OddDraft {
  readonly what: string;
  readonly draft: ObjectDraft;
}

const pod = (namespace: string, name: string, metadata: object = {}, rest: object = {}): ObjectDraft => {
  const draft = podDraft({ namespace, name, app: 'odd', image: 'registry.example/odd:1' });
  return { ...draft, ...rest, metadata: { ...draft.metadata, ...metadata } };
};

const labels = (count: number): Readonly<Record<string, string>> =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`odd.example/label-${index}`, `value-${index}`]));

/** Pods that are hard to hold or to read, by what is odd about them. */
export const oddDrafts = (namespace: string): readonly OddDraft[] => [
  { what: '3 MB', draft: pod(namespace, 'huge', { annotations: { text: 'x'.repeat(3 * 1024 * 1024) } }) },
  { what: '10,000 labels', draft: pod(namespace, 'labelled', { labels: labels(10_000) }) },
  { what: 'a name of 253 characters', draft: pod(namespace, 'n'.repeat(253)) },
  {
    what: 'control characters, quotes, a zero and half a surrogate pair in places',
    draft: pod(namespace, 'unreadable', {
      labels: { app: 'líne\u2028break' },
      annotations: { text: '\u0000\u0007"\\\n\t\ud800 ☃ \u{1f6a2} \u202e' },
    }),
  },
  { what: 'a time in the future', draft: pod(namespace, 'to-come', { creationTimestamp: '2999-12-31T23:59:59Z' }) },
  { what: 'no spec and no status', draft: { metadata: { namespace, name: 'empty' } } },
  {
    what: 'types that are not what the API says',
    draft: pod(namespace, 'twisted', { labels: 'none', ownerReferences: {} }, { spec: [], status: 'fine' }),
  },
];
