export function ensure(options?: {
  durable?: boolean;
  keptIn?: string | null;
}): Promise<
  { ok: true; url: string; stop: () => void | Promise<void> } | { ok: false; reason: string; install: string }
>;
