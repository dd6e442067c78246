import type { ConnectionView } from '@mooring/contracts';
import { lookOf } from './states.ts';
import { localTime } from './time.ts';

export interface Fact {
  readonly label: string;
  readonly text: string;
  /** To be shown in the fixed-width face: it will be compared or copied letter by letter. */
  readonly code?: boolean;
  readonly copy?: string;
}

const INTENT_WORDS: Readonly<Record<string, string>> = {
  none: 'none: nobody has decided',
  registered: 'to be managed',
  ignored: 'to be ignored',
  maintenance: 'in maintenance',
};

const LINK_WORDS: Readonly<Record<string, string>> = {
  never: 'never so far',
  up: 'up: data flows',
  down: 'down: data flowed once',
};

const ABSENT = '–';

/** What is known of a connection, in reading order. Unknown is shown as unknown. */
export function factsOf(view: ConnectionView): readonly Fact[] {
  const { credential } = view;
  const alternatives = credential.alternatives === 0 ? '' : `, ${credential.alternatives} more known`;
  return [
    { label: 'State', text: lookOf(view.state).label },
    { label: 'Intent', text: INTENT_WORDS[view.intent] ?? view.intent },
    { label: 'Link', text: LINK_WORDS[view.link] ?? view.link },
    { label: 'Server', text: view.endpoint.server, code: true },
    { label: 'Context', text: view.endpoint.context, code: true },
    {
      label: 'Cluster UID',
      text: view.clusterUid ?? ABSENT,
      code: true,
      ...(view.clusterUid === undefined ? {} : { copy: view.clusterUid }),
    },
    { label: 'Version', text: view.clusterVersion ?? ABSENT },
    { label: 'Credential', text: `${credential.fingerprint.slice(0, 12)}${alternatives}`, code: true },
    {
      label: 'Credential expires',
      text: credential.expiresAt === undefined ? 'not known' : localTime(credential.expiresAt),
    },
    { label: 'Entered', text: localTime(view.enteredAt) },
    { label: 'Last change', text: localTime(view.changedAt) },
    { label: 'Revision', text: view.revision },
    { label: 'Connection id', text: view.id, code: true, copy: view.id },
  ];
}

export interface ComparedFact extends Fact {
  /** What it is now, where the moment that is looked at said something else. */
  readonly nowText?: string;
}

/** The facts of a moment, each with what it is now where that differs. */
export function comparedFacts(then: ConnectionView, now: ConnectionView): readonly ComparedFact[] {
  const current = factsOf(now);
  return factsOf(then).map((fact, index) => {
    const nowText = current[index]?.text;
    return nowText === undefined || nowText === fact.text ? fact : { ...fact, nowText };
  });
}
