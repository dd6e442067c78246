/// <reference lib="dom" />
import type { Locator, Page } from 'playwright-core';

export const rowOf = (page: Page, name: string): Locator => page.getByRole('row').filter({ hasText: name });

/** Resolves when the page says that its event stream is live. */
export const live = (page: Page): Promise<void> => page.getByRole('status', { name: 'Event stream: Live' }).waitFor();

/** The name or text of what has the focus. */
export const focused = (page: Page): Promise<string> =>
  page.evaluate(() => {
    const element = document.activeElement;
    return element?.getAttribute('aria-label') ?? element?.textContent ?? '';
  });
