import { run } from '@mooring/service-host';
import { consoleService } from './service.ts';

await run(consoleService);
