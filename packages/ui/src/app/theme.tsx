import { Monitor, Moon, Sun } from 'lucide-react';
import { useState } from 'react';
import { IconButton } from '../ui/button.tsx';
import { stored } from './stored.ts';

const choice = stored('millwright.theme');
const order = ['system', 'light', 'dark'] as const;
const icons = { system: Monitor, light: Sun, dark: Moon };

/** Goes round: as the system has it, light, dark. Charts redraw on the event. */
export const ThemeSwitch = () => {
  const [theme, setTheme] = useState<(typeof order)[number]>(
    () => order.find((one) => one === choice.get()) ?? 'system',
  );
  const Icon = icons[theme];
  const turn = () => {
    const next = order[(order.indexOf(theme) + 1) % order.length] ?? 'system';
    choice.set(next === 'system' ? null : next);
    if (next === 'system') delete document.documentElement.dataset['theme'];
    else document.documentElement.dataset['theme'] = next;
    setTheme(next);
    window.dispatchEvent(new Event('millwright-theme'));
  };
  return <IconButton label={`Theme: ${theme}`} onClick={turn} icon={<Icon size={16} aria-hidden />} />;
};
