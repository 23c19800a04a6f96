import { get, patch, post, remove } from '../requests.ts';
import type { Session } from '../session.ts';

// Of a kind no other sequence causes: nothing is ever sent.
const events = [
  { entity: 'PROMPT_ALIAS', action: 'CREATED' },
  { entity: 'PROMPT_ALIAS', action: 'DELETED' },
  { entity: 'PROMPT_TAG', action: 'SET' },
  { entity: 'PROMPT_VERSION_TAG', action: 'SET' },
  { entity: 'PROMPT_VERSION_TAG', action: 'DELETED' },
];
// An address, so that no name has to be resolved.
const somewhere = 'https://1.1.1.1/hook';
const oddEvents = [
  [],
  [{ entity: 'REGISTERED_MODEL', action: 'DELETED' }],
  [{ entity: 'RUN', action: 'CREATED' }],
  [{ entity: 'REGISTERED_MODEL' }],
  [{ action: 'CREATED' }],
  [events[0], events[0]],
];
const urls = [
  'http://1.1.1.1/x',
  'https://127.0.0.1/x',
  'ftp://1.1.1.1',
  '1.1.1.1',
  '',
  'https://',
  'https://user:secret@1.1.1.1/x',
  'https://1.1.1.1:8443/x?y=1',
];

/** Webhooks: made, changed and deleted; none is ever sent. */
export const webhooks = async (session: Session): Promise<void> => {
  const { random } = session;
  const body = () => ({
    name: session.name('hook'),
    url: somewhere,
    events: random.some(events, random.integer(1, 3)),
  });
  const given = body();
  const create = post('webhooks', given, { captures: { webhook: 'webhook.webhook_id' } });
  const { webhook } = await session.capture(create);
  const { scrap } = await session.capture(post('webhooks', body(), { captures: { scrap: 'webhook.webhook_id' } }));
  await session.send({ ...create, variant: 'a name that is taken' });
  const status = random.pick(['ACTIVE', 'DISABLED', 'BOGUS']);
  await session.send(
    post(
      'webhooks',
      { ...body(), description: 'd', secret: 'very secret', status },
      { variant: status === 'BOGUS' ? 'status is BOGUS' : 'with everything' },
    ),
  );
  const [url, odd] = [random.pick(urls), random.integer(0, oddEvents.length - 1)];
  await session.probe(post('webhooks', { ...body(), url }, { variant: `url ${url}` }));
  await session.probe(
    post('webhooks', { ...body(), events: oddEvents[odd] }, { variant: `events ${JSON.stringify(oddEvents[odd])}` }),
  );
  await session.malform(post('webhooks', { ...body(), description: 'd', secret: 's', status: 'ACTIVE' }), 5);
  await session.send(get(`webhooks/${webhook}`));
  await session.send(
    patch(`webhooks/${webhook}`, { status: random.pick(['DISABLED', 'ACTIVE']), description: 'changed' }),
  );
  await session.send(patch(`webhooks/${webhook}`, { events: [random.pick(events)] }, { variant: 'other events' }));
  await session.malform(
    patch(`webhooks/${scrap}`, {
      name: session.name('hook'),
      url: `${somewhere}/y`,
      description: 'x',
      status: 'ACTIVE',
    }),
    4,
  );
  await session.send(get(`webhooks/${webhook}`, {}, { variant: 'changed' }));
  await session.send(
    get('webhooks', { max_results: random.pick(['-1', '1001', 'x']) }, { variant: 'odd max_results' }),
  );
  await session.send(get('webhooks', { page_token: 'bogus' }, { variant: 'a page token that is none' }));
  await session.send(remove(`webhooks/${webhook}`));
  await session.send(remove(`webhooks/${webhook}`, undefined, { variant: 'deleted already' }));
  await session.send(get(`webhooks/${webhook}`, {}, { variant: 'deleted' }));
  await session.send(patch(`webhooks/${webhook}`, { status: 'ACTIVE' }, { variant: 'deleted' }));
  await session.send(post(`webhooks/${webhook}/test`, {}, { variant: 'deleted' }));
};
