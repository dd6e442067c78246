import { delay, isFailure, messageOf } from '@mooring/kernel';
import { until, type Random } from '@mooring/testing';
import { checkAll, type Verdict, type Witnesses } from './checks/check-all.ts';
import type { Finding } from './checks/finding.ts';
import type { Fault } from './faults/fault.ts';
import type { Injector } from './faults/inject.ts';
import type { Callers } from './load/callers.ts';
import type { Fleet } from './load/fleet.ts';
import { settleFleet } from './load/settle-fleet.ts';

export interface RoundOptions {
  readonly fault: Fault;
  readonly random: Random;
  readonly injector: Injector;
  readonly callers: Callers;
  readonly fleet: Fleet;
  readonly witnesses: Witnesses;
}

export interface Recovery {
  /** From the end of the fault (for a new start: from its beginning) to readiness and a definite answer to a command. */
  readonly ms: number;
  /** What was not ready the longest, in its own words; empty where everything was at once. */
  readonly last: string;
}

export interface RoundResult {
  /** What became of the fault; undefined when not everything was well again in time. */
  readonly recovery: Recovery | undefined;
  /** From the last command to every cluster being what it must be, and from there to the end of the comparison. */
  readonly settledMs: number;
  readonly comparedMs: number;
  readonly findings: readonly Finding[];
  readonly counts: Verdict['counts'] | undefined;
}

const LOAD_BEFORE_MIN_MS = 1_000;
const LOAD_BEFORE_SPREAD_MS = 1_500;
const LOAD_AFTER_MS = 1_000;
const READY_TIMEOUT_MS = 2_000;
const RECOVERY_TIMEOUT_MS = 90_000;
/** What is on its way after the last command is there within this, or is lost. */
const CATCH_UP_TIMEOUT_MS = 45_000;
const CHECK_EVERY_MS = 500;

/** Load, a fault, recovery, more load, quiet, and the comparison of everything with everything. */
export async function runRound(options: RoundOptions): Promise<RoundResult> {
  const { callers, fleet, random, witnesses } = options;
  const late: Finding[] = [];
  const orFinding = async <T>(work: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await work();
    } catch (thrown) {
      if (!isFailure(thrown)) throw thrown;
      late.push({ check: 'recovery', message: messageOf(thrown) });
      return undefined;
    }
  };
  const recovery = await orFinding(() => breakUnderLoad(options));
  const quietAt = performance.now();
  // What does not come back leaves its traces in the stores, which say more than a timeout.
  if (late.length === 0) await orFinding(() => settleFleet(callers, fleet, random));
  const settledAt = performance.now();
  const { findings, counts } = await verdictOf(witnesses, late.length === 0 ? CATCH_UP_TIMEOUT_MS : 0);
  return {
    recovery,
    settledMs: Math.round(settledAt - quietAt),
    comparedMs: Math.round(performance.now() - settledAt),
    findings: [...late, ...findings],
    counts,
  };
}

/** Gives the time from the end of the fault until everything was well again. */
async function breakUnderLoad({ fault, random, injector, callers, fleet, witnesses }: RoundOptions): Promise<Recovery> {
  const ending = new AbortController();
  const load = Promise.all([callers.call(ending.signal), fleet.comeAndGo(random.fork(), ending.signal)]);
  try {
    await delay(LOAD_BEFORE_MIN_MS + random.below(LOAD_BEFORE_SPREAD_MS));
    if (fault.kind === 'power-cut' || fault.kind === 'power-cut-all') {
      await injector.remember();
      await delay(LOAD_BEFORE_MIN_MS);
    }
    const recovery = await untilRecovered(witnesses, await injector.inject(fault));
    await delay(LOAD_AFTER_MS);
    return recovery;
  } finally {
    ending.abort();
    await load;
  }
}

async function untilRecovered({ installation, asking }: Witnesses, endedAt: number): Promise<Recovery> {
  let last = '';
  await until(
    'everything to be ready and commands to be answered',
    async () => {
      const missing = await missingFrom(installation.url);
      last = missing === '' ? last : missing;
      return missing === '' && asking.answeredAt > endedAt;
    },
    { timeoutMs: RECOVERY_TIMEOUT_MS, lastWords: () => last },
  );
  return { ms: Math.round(performance.now() - endedAt), last };
}

interface Readiness {
  readonly contributors?: readonly { readonly name: string; readonly ready: boolean; readonly message?: string }[];
}

/** What the gateway says is not ready; empty when everything is. */
async function missingFrom(url: string): Promise<string> {
  const response = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(READY_TIMEOUT_MS) }).catch(
    () => undefined,
  );
  if (response === undefined) return 'the gateway does not answer';
  if (response.ok) return '';
  const { contributors = [] } = (await response.json()) as Readiness;
  const missing = contributors.filter(({ ready }) => !ready);
  return missing.map(({ name, message = '' }) => `${name} ${message}`.trim()).join(', ');
}

/** Compares until nothing is found or the time for catching up is over; gives what was found last. */
async function verdictOf(
  witnesses: Witnesses,
  catchUpMs: number,
): Promise<{ findings: readonly Finding[]; counts: Verdict['counts'] | undefined }> {
  const deadlineAt = performance.now() + catchUpMs;
  for (;;) {
    const verdict = await checkAll(witnesses).catch((thrown: unknown) => ({
      findings: [{ check: 'comparing', message: messageOf(thrown) }],
      counts: undefined,
    }));
    if (verdict.findings.length === 0 || performance.now() > deadlineAt) return verdict;
    await delay(CHECK_EVERY_MS);
  }
}
