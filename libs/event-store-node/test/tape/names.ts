import { createHash, randomUUID } from 'node:crypto';

const sha1 = (text: string): string => createHash('sha1').update(text).digest('hex');
const UUIDS = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/gu;
const LONG = 300;
/** Positions of this and above mean "none" on the wire. */
const BEYOND_POSITIONS = 2n ** 63n;

/** One run's part of every scenario's stream prefix. */
export const newRunName = (): string => `tape${sha1(randomUUID()).slice(0, 10)}`;

/**
 * A scenario's own streams, ids and positions, and back: what differs from run to run is replaced by what the tape calls
 * it. The prefix has 22 characters, as in the recording: lengths of long names are part of the answers.
 */
export class Names {
  readonly prefix: string;
  readonly #labels = new Map<string, string>();
  readonly #positions = new Set<string>();
  /** Positions of events by label, to read from. */
  readonly eventPositions = new Map<string, string>();

  constructor(run: string, scenario: string) {
    this.prefix = `${run}-${sha1(scenario).slice(0, 6)}-`;
  }

  stream(label: string): string {
    if (label === '' || label === '$all') return label;
    const [, dollars = '', rest = ''] = /^(\$*)(.*)$/su.exec(label) ?? [];
    return dollars + this.prefix + rest;
  }

  expand(text: string): string {
    return text.replaceAll('{prefix}', this.prefix);
  }

  id(label: string): string {
    if (label.startsWith('raw:')) return label.slice(4);
    const hex = sha1(this.prefix + label);
    const id = `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
    this.#labels.set(id, label);
    return id;
  }

  labelOf(id: string): string | undefined {
    return this.#labels.get(id);
  }

  /** A stream's name without the prefix. */
  label(stream: string): string {
    return stream.replaceAll(this.prefix, '');
  }

  /** Text from the server as the tape has it. */
  text(value: string): string {
    const own = this.label(value);
    if (value.length > LONG) return `<${value.length} characters, sha1 ${sha1(own).slice(0, 12)}>`;
    return own.replace(UUIDS, (id) => this.#label(id));
  }

  #label(id: string): string {
    const label = this.#labels.get(id);
    return label === undefined ? '<uuid>' : `#${label}`;
  }

  /** To be replaced by its rank once all are known: see {@link Names.ranked}. */
  position(value: string): { readonly position: string } {
    this.#positions.add(value);
    return { position: value };
  }

  /** The value with every position replaced by its rank among all of the scenario. */
  ranked(value: unknown): unknown {
    const known = [...this.#positions].map(BigInt).filter((position) => position < BEYOND_POSITIONS);
    const ranks = new Map(known.sort((a, b) => (a < b ? -1 : 1)).map((position, index) => [position, `P${index + 1}`]));
    const visit = (part: unknown): unknown => {
      if (Array.isArray(part)) return part.map(visit);
      if (typeof part !== 'object' || part === null) return part;
      const entries = Object.entries(part);
      const [first] = entries;
      if (entries.length === 1 && first?.[0] === 'position' && typeof first[1] === 'string')
        return ranks.get(BigInt(first[1])) ?? 'P-max';
      return Object.fromEntries(entries.map(([key, inner]) => [key, visit(inner)]));
    };
    return visit(value);
  }
}
