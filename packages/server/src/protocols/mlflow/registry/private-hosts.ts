/** Services of clouds that answer every machine inside with its credentials. */
const metadataHosts: readonly string[] = [
  'metadata',
  'metadata.google.internal',
  'metadata.goog',
  'instance-data',
  'instance-data.ec2.internal',
  '100.100.100.200',
  '168.63.129.16',
  '192.0.0.192',
  '[fd00:ec2::254]',
  '[fd20:ce::254]',
];

/** Every spelling of an address comes out the same (`0x7f.1`, `2130706433`, `[::ffff:7f00:1]`). */
const canonical = (host: string): string => {
  const spelled = URL.parse(`http://${host}/`)?.hostname ?? host;
  const mapped = /^\[::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})\]$/.exec(spelled);
  if (!mapped) return spelled.toLowerCase().replace(/\.$/, '');
  const [high, low] = [Number.parseInt(mapped[1] ?? '', 16), Number.parseInt(mapped[2] ?? '', 16)];
  return [high >> 8, high & 255, low >> 8, low & 255].join('.');
};

/** Whether a host is the very machine that asks, or one that only machines inside a cloud should ask. Names are not resolved. */
export const isPrivateHost = (host: string): boolean => {
  const name = canonical(host);
  if (name === 'localhost' || name.endsWith('.localhost') || metadataHosts.includes(name)) return true;
  return /^(127|0)\.\d+\.\d+\.\d+$|^169\.254\.\d+\.\d+$|^\[::1?\]$|^\[fe[89ab][0-9a-f]:/.test(name);
};
