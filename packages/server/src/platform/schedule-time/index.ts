export { type Cron, type CronParse, parseCron } from './cron.ts';
export { nextAt } from './next-at.ts';
export { isTimeZone } from './zone-offset.ts';
