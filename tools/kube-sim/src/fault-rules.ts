import type { RespondFault } from './faults.ts';
import type { KubeObject } from './store.ts';
import type { SimulatedType } from './types.ts';

/** What the request handlers ask. Types are named by group resource. */
export interface FaultRules {
  readonly duplicate: boolean;
  readonly endlessPages: boolean | 'fresh-tokens';
  readonly streamedLists: boolean;
  readonly dripMs: number;
  readonly clockSkewMs: number;
  readonly unauthorized: boolean;
  isForbidden(groupResource: string): boolean;
  isMissing(groupResource: string): boolean;
  /** Its watches say nothing. */
  isHeld(groupResource: string): boolean;
  isEndless(groupResource: string): boolean;
  /** The group cannot be asked, and its discovery is old. */
  isStale(group: string): boolean;
  /** The object as it is answered: as it is, or as a fault wants it. */
  said(type: SimulatedType, object: KubeObject): KubeObject;
  versionSaid(version: number): string;
  /** The answer that a fault demands; counts down its `times`. */
  take(request: {
    readonly path: string;
    readonly groupResource?: string;
    readonly verb: 'get' | 'list' | 'watch';
    readonly laterPage: boolean;
  }): RespondFault | undefined;
}
