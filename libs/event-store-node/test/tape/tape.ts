import { readFileSync } from 'node:fs';

/** What tape/*.json holds: scenarios of requests, each with what a real EventStoreDB answered. */
export interface Tape {
  readonly scenarios: readonly TapeScenario[];
}

export interface TapeScenario {
  readonly name: string;
  readonly steps: readonly TapeStep[];
}

export interface TapeEvent {
  readonly id: string;
  readonly idForm?: 'structured' | 'none';
  readonly type?: string | null;
  readonly contentType?: string | null;
  readonly properties?: Readonly<Record<string, string>>;
  readonly data?: unknown;
  readonly meta?: unknown;
}

export interface TapeWrite {
  /** `user:password`; `nobody` for none. */
  readonly as?: string;
  readonly stream?: string;
  readonly expect?: string | number;
  readonly noOptions?: boolean;
}

export interface TapeAppend extends TapeWrite {
  readonly events?: readonly TapeEvent[];
  readonly via?: 'batch' | 'append';
  /** Events per chunk of a BatchAppend. */
  readonly chunk?: number;
  readonly neverFinal?: boolean;
  readonly deadlineMs?: number;
  /** How long the recorder waited for an answer, in milliseconds. */
  readonly patience?: number;
  readonly correlationForm?: 'structured';
}

export interface TapeRead {
  readonly as?: string;
  readonly stream?: string;
  readonly all?: boolean;
  /** `start`, `end`, a revision, a position, or `#id±n`. */
  readonly from?: string | number;
  readonly prepare?: string;
  readonly backwards?: boolean;
  readonly direction?: number;
  readonly count?: string | number | null;
  readonly links?: boolean;
  readonly uuid?: 'structured';
  readonly filter?: {
    readonly on: 'stream' | 'type';
    readonly prefixes?: readonly string[];
    readonly regex?: string;
    readonly window?: 'unset';
  } | null;
}

export interface TapeStep {
  readonly append?: TapeAppend;
  readonly batch?: readonly TapeAppend[];
  readonly delete?: TapeWrite;
  readonly tombstone?: TapeWrite;
  readonly read?: TapeRead;
  readonly subscribe?: TapeRead & { readonly name: string };
  readonly collect?: { readonly name: string; readonly n?: number; readonly until?: string; readonly quiet?: number };
  /** Milliseconds: for what time itself does (an age, a deadline). */
  readonly wait?: number;
  readonly answer?: unknown;
  /** Other answers that are as good. */
  readonly or?: readonly unknown[];
}

export const loadTape = (name: string): Tape =>
  JSON.parse(readFileSync(new URL(`../../tape/${name}.json`, import.meta.url), 'utf8')) as Tape;
