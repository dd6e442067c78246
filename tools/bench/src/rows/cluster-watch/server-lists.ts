import { listsIn, type ServerLists } from '@mooring/kube-cluster';
import type { ApiClient } from './api-client.ts';

/** What the API server's own metrics say now. */
export const readLists = async (api: ApiClient): Promise<ServerLists> => listsIn(await api.text('/metrics'));
