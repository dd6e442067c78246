/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
import type { Page } from 'playwright-core';

/** A text that is harder to read than WCAG 2.2 AA wants (4.5:1, large text 3:1). */
export interface FaintText {
  readonly text: string;
  readonly ratio: number;
}

/** Looks at every visible text and the colour that is really behind it. Disabled controls are exempt, as in WCAG. */
export const faintTexts = (page: Page): Promise<readonly FaintText[]> =>
  page.evaluate(() => {
    const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
    if (canvas === null) throw new Error('no canvas');
    // Colours come in many notations; drawn, they are numbers.
    const drawn = (colours: readonly string[]): readonly number[] => {
      canvas.clearRect(0, 0, 1, 1);
      for (const colour of colours) {
        canvas.fillStyle = colour;
        canvas.fillRect(0, 0, 1, 1);
      }
      return [...canvas.getImageData(0, 0, 1, 1).data];
    };
    const luminance = (rgb: readonly number[]): number => {
      const [r = 0, g = 0, b = 0] = rgb.map((value) => {
        const part = value / 255;
        return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
      });
      return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const behind = (element: Element): readonly string[] => {
      const colours: string[] = [];
      for (let at: Element | null = element; at !== null; at = at.parentElement)
        colours.unshift(getComputedStyle(at).backgroundColor);
      return ['white', ...colours];
    };
    const faint: FaintText[] = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
      const element = node.parentElement;
      const text = node.textContent?.trim() ?? '';
      if (element === null || text === '' || !element.checkVisibility({ visibilityProperty: true })) continue;
      if (element.closest(':disabled, option, .for-readers') !== null) continue;
      const style = getComputedStyle(element);
      const ground = behind(element);
      const [light = 0, dark = 0] = [luminance(drawn([...ground, style.color])), luminance(drawn(ground))].sort(
        (one, other) => other - one,
      );
      const ratio = (light + 0.05) / (dark + 0.05);
      const sizePx = Number.parseFloat(style.fontSize);
      const large = sizePx >= 24 || (sizePx >= 18.66 && Number(style.fontWeight) >= 700);
      if (ratio < (large ? 3 : 4.5)) faint.push({ text, ratio });
    }
    return faint;
  });

/** How much wider than the window the page is, in CSS pixels; 0 when nothing sticks out. */
export const overflowPx = (page: Page): Promise<number> =>
  page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

const NAMED_ROLES = [
  'button',
  'link',
  'searchbox',
  'textbox',
  'combobox',
  'slider',
  'table',
  'dialog',
  'region',
  'navigation',
  'DisclosureTriangle',
];

/** Roles of what a screen reader meets without a name. */
export async function namelessRoles(page: Page): Promise<readonly string[]> {
  const session = await page.context().newCDPSession(page);
  const { nodes } = await session.send('Accessibility.getFullAXTree');
  await session.detach();
  return nodes
    .filter(({ ignored }) => !ignored)
    .filter(({ role }) => NAMED_ROLES.includes(String(role?.value)))
    .filter(({ name }) => String(name?.value ?? '').trim() === '')
    .map(({ role }) => String(role?.value));
}
