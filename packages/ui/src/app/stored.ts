/** One text in the storage of the browser. Where storage is blocked it is remembered for this page only. */
export const stored = (key: string) => {
  let memory: string | null = null;
  return {
    get: (): string | null => {
      try {
        return localStorage.getItem(key) ?? memory;
      } catch {
        return memory;
      }
    },
    set: (value: string | null) => {
      memory = value;
      try {
        if (value === null) localStorage.removeItem(key);
        else localStorage.setItem(key, value);
      } catch {
        // Full or blocked: the value lives as long as the page.
      }
    },
  };
};
