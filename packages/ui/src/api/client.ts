import { createClient } from '@millwright/sdk';

/** The server that sent this page; the session travels in its cookie. */
export const client = createClient({ baseUrl: '' });
