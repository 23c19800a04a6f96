import { useEffect, useState } from 'react';

/** A canvas knows no CSS variables: resolves one to the colour it has in the theme of now. */
export const resolveColour = (element: HTMLElement, colour: string): string => {
  const probe = document.createElement('span');
  probe.style.color = colour;
  element.append(probe);
  const resolved = getComputedStyle(probe).color;
  probe.remove();
  return resolved;
};

/** Counts the changes of the theme: a canvas is drawn anew after each. */
export const useThemeTurns = (): number => {
  const [turns, setTurns] = useState(0);
  useEffect(() => {
    const turn = () => setTurns((now) => now + 1);
    const system = matchMedia('(prefers-color-scheme: dark)');
    system.addEventListener('change', turn);
    window.addEventListener('millwright-theme', turn);
    return () => {
      system.removeEventListener('change', turn);
      window.removeEventListener('millwright-theme', turn);
    };
  }, []);
  return turns;
};
