import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

const isExecutable = (file: string): boolean => {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

/** A Chromium from PATH, or Debian's; nothing where there is none, and then a test that needs one is skipped. */
export const findChromium = (path = process.env['PATH'] ?? ''): string | undefined =>
  [...path.split(delimiter).filter((folder) => folder !== ''), '/usr/bin']
    .flatMap((folder) => NAMES.map((name) => join(folder, name)))
    .find(isExecutable);

/** No sandbox, since tests often run as root; and nothing that would talk to anybody but the page's own server. */
export const CHROMIUM_ARGUMENTS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
