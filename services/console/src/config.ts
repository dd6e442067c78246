import { path } from '@mooring/service-host';

export const consoleConfig = {
  pageFolder: path({
    env: 'CONSOLE_PAGE_FOLDER',
    optional: true,
    description: 'Folder with the built page. Default: `public` of this service, where its build puts it.',
  }),
};
