export const menuItemClass =
  'flex min-h-7 cursor-pointer items-center gap-2 rounded px-2 text-sm text-ink outline-none select-none data-[highlighted]:bg-hover data-[disabled]:cursor-not-allowed data-[disabled]:text-faint';
