import { useEffect, useRef } from 'react';
import { imageType } from './artifact-kind.ts';

/** A raster image out of bytes, given to the browser as what its name says: nothing in it can run. */
export const Picture = ({ blob, path, label }: { blob: Blob; path: string; label?: string }) => {
  const image = useRef<HTMLImageElement>(null);
  useEffect(() => {
    const address = URL.createObjectURL(new Blob([blob], { type: imageType(path) }));
    if (image.current) image.current.src = address;
    return () => URL.revokeObjectURL(address);
  }, [blob, path]);
  return <img ref={image} alt={label ?? path} className="max-w-full rounded border border-line bg-sunken" />;
};
