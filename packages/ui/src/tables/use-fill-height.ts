import { type RefObject, useLayoutEffect, useState } from 'react';

const footerPx = 60;
const leastPx = 240;

/** The height in pixels from the top of an element to the end of the window, less the footer of the table. */
export const useFillHeight = (ref: RefObject<HTMLElement | null>, wanted: boolean): number | null => {
  const [height, setHeight] = useState<number | null>(null);
  useLayoutEffect(() => {
    if (!wanted) return;
    const measure = () => {
      const top = (ref.current?.getBoundingClientRect().top ?? 0) + window.scrollY;
      setHeight(Math.max(leastPx, window.innerHeight - top - footerPx));
    };
    measure();
    window.addEventListener('resize', measure);
    return () => window.removeEventListener('resize', measure);
  }, [ref, wanted]);
  return height;
};
