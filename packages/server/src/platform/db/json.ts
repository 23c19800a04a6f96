/** JSON lives in text columns on both databases: what goes in comes out, byte for byte, whatever the database thinks of it. */
export const encodeJson = (value: unknown): string => JSON.stringify(value);
export const decodeJson = <T>(text: string): T => JSON.parse(text) as T;
