import { RelativeTime } from '../ui/time.tsx';

/** Cells more than one table uses. */
export const instantCell = (at: number | null) => <RelativeTime at={at} />;
