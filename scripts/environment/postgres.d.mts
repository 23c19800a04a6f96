export function ensure(): Promise<
  { ok: true; url: string; stop: () => void | Promise<void> } | { ok: false; reason: string; install: string }
>;
