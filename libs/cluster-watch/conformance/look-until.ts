/** Looks again and again until it is so; gives what was seen then, or last when it has not come within `timeoutMs`. */
export async function lookUntil<T>(look: () => Promise<T>, isSo: (seen: T) => boolean, timeoutMs: number): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const seen = await look();
    if (isSo(seen) || Date.now() > deadline) return seen;
    await new Promise((resolve) => setImmediate(resolve));
  }
}
