import type { Channel } from '@millwright/contract';

export const kindWords: Record<Channel['kind'], string> = { webhook: 'Webhook', slack: 'Slack', email: 'Mail' };

export const targetOf = ({ url, mail }: Pick<Channel, 'url' | 'mail'>): string => url ?? mail?.to.join(', ') ?? '';
