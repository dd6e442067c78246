/** A caller that heard nothing asks again within seconds, minutes at most. */
const KEPT_MS = 600_000;
const KEPT_MAX = 5_000;

/**
 * How commands with an idempotency key were answered that left nothing in their stream: for ten minutes, the newest 5,000 of this
 * process. A copy of such a command that comes late, after the state has changed, would else take effect although its caller
 * was told that it was refused, or that there was nothing to do.
 */
export interface AnswerMemory {
  /** `name` stands for one command: its stream and key. */
  put(name: string, answer: unknown): void;
  /** What was put; `undefined` when that was never, or is forgotten. */
  get(name: string): unknown;
}

interface Kept {
  readonly answer: unknown;
  readonly untilMs: number;
}

export function createAnswerMemory(nowMs: () => number = () => performance.now()): AnswerMemory {
  // In the order of coming, which is that of going.
  const kept = new Map<string, Kept>();
  return {
    put(name, answer) {
      kept.delete(name);
      kept.set(name, { answer, untilMs: nowMs() + KEPT_MS });
      for (const [oldest, { untilMs }] of kept) {
        if (kept.size <= KEPT_MAX && untilMs > nowMs()) break;
        kept.delete(oldest);
      }
    },
    get(name) {
      const found = kept.get(name);
      return found !== undefined && found.untilMs > nowMs() ? found.answer : undefined;
    },
  };
}
