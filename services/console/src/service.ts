import { defineService } from '@mooring/service-host';
import { AppModule } from './app.module.ts';
import { consoleConfig } from './config.ts';
import { defaultPageFolder, readPageFiles } from './page-files.ts';
import { servePage } from './serve-page.ts';

/** Serves the built page to the gateway. It has no state, asks nobody, and is on no bus. */
export const consoleService = defineService({
  name: 'console',
  version: '0.1.0',
  config: consoleConfig,
  wire: ({ config, log }) => {
    const files = readPageFiles(config.pageFolder ?? defaultPageFolder());
    log.info({ files: files.length }, 'page read');
    return { module: AppModule, configureHttp: (http) => servePage(http, files) };
  },
});
