/** Waits for a condition; throws when it does not come true in time. */
export async function until(condition: () => boolean, timeoutMs = 10_000): Promise<void> {
  const deadlineAt = performance.now() + timeoutMs;
  while (!condition()) {
    if (performance.now() > deadlineAt) throw new Error(`not so after ${timeoutMs} ms: ${condition.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
