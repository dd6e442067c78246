/** What `npm start` keeps running and the inventory needs. */
export const ENGINES = ['postgres', 'nats', 'event-store'] as const;
export type Engine = (typeof ENGINES)[number];

/** Something bad that happens between the product and a cluster, or to either. Times are in milliseconds. */
export type Fault =
  /** Every connection to the API server is reset; new ones are taken at once. */
  | { readonly kind: 'cut' }
  /** The same, and for a while nobody is let in. */
  | { readonly kind: 'refuse'; readonly ms: number }
  /** Connections stand and carry nothing for a while. */
  | { readonly kind: 'stall'; readonly ms: number }
  /** The API server ends, its connections with it, and comes back; without a goodbye when it is killed. */
  | { readonly kind: 'restart-api' | 'kill-api'; readonly ms: number }
  /** The same, and etcd forgets the past before: who resumes is told 410. */
  | { readonly kind: 'forget'; readonly ms: number }
  /** The product's token is refused from now on, and it is handed a new one. */
  | { readonly kind: 'rotate-token' }
  /** The API server gets another certificate of the same authority, and connections are reset. */
  | { readonly kind: 'rotate-certificate' }
  /** SIGKILL to discovery, which is started again. */
  | { readonly kind: 'kill-discovery' }
  /** SIGSTOP to an engine and its children, SIGCONT later. */
  | { readonly kind: 'pause'; readonly engine: Engine; readonly ms: number };

export type FaultKind = Fault['kind'];

export const FAULT_KINDS: readonly FaultKind[] = [
  'cut',
  'refuse',
  'stall',
  'restart-api',
  'kill-api',
  'forget',
  'rotate-token',
  'rotate-certificate',
  'kill-discovery',
  'pause',
];

/** Only the way is bad: whoever remembers where it was goes on from there, and need not read anything anew. */
export const resumes = ({ kind }: Fault): boolean =>
  kind === 'cut' || kind === 'refuse' || kind === 'stall' || kind === 'rotate-certificate';

const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`;

/** In words, for the report. */
export function describeFault(fault: Fault): string {
  switch (fault.kind) {
    case 'cut':
      return 'connections to the API server are reset';
    case 'refuse':
      return `nobody reaches the API server for ${seconds(fault.ms)}`;
    case 'stall':
      return `nothing goes to or from the API server for ${seconds(fault.ms)}`;
    case 'restart-api':
      return `the API server is away for ${seconds(fault.ms)}`;
    case 'kill-api':
      return `the API server is killed, and away for ${seconds(fault.ms)}`;
    case 'rotate-token':
      return 'the token is refused, another one is handed in';
    case 'rotate-certificate':
      return 'the API server has another certificate, connections are reset';
    case 'forget':
      return `the API server is away for ${seconds(fault.ms)}, and etcd forgets the past`;
    case 'kill-discovery':
      return 'kill -9 of discovery';
    case 'pause':
      return `${fault.engine} stands still for ${seconds(fault.ms)}`;
  }
}
