const two = (value: number) => String(value).padStart(2, '0');
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** Labels of instants on an axis, in the reader's time zone: no finer than they differ, the day below the first of each day. */
export const timeTicks = (instants: readonly number[]): string[] => {
  const stepMs = (instants[1] ?? 0) - (instants[0] ?? 0);
  let lastDay = '';
  return instants.map((instant) => {
    const date = new Date(instant);
    const day = `${date.getDate()} ${months[date.getMonth()]}`;
    if (stepMs >= 86_400_000) return stepMs >= 300 * 86_400_000 ? String(date.getFullYear()) : day;
    const clock = `${two(date.getHours())}:${two(date.getMinutes())}${stepMs < 60_000 ? `:${two(date.getSeconds())}` : ''}`;
    const text = day === lastDay ? clock : `${clock}\n${day}`;
    lastDay = day;
    return text;
  });
};
