import { BlockList, isIP } from 'node:net';

const familyOf = (address: string): 'ipv4' | 'ipv6' | null => {
  const version = isIP(address);
  return version === 0 ? null : version === 4 ? 'ipv4' : 'ipv6';
};

/** Answers whether the text is an address or a CIDR range. */
const addRange = (list: BlockList, range: string): boolean => {
  const [address = '', bits, ...rest] = range.split('/');
  const family = familyOf(address);
  if (family === null || rest.length > 0) return false;
  const longest = family === 'ipv4' ? 32 : 128;
  const length = bits === undefined ? longest : /^\d{1,3}$/.test(bits) ? Number(bits) : -1;
  if (length < 0 || length > longest) return false;
  list.addSubnet(address, length, family);
  return true;
};

const listOf = (ranges: readonly string[]): BlockList => {
  const list = new BlockList();
  for (const range of ranges) addRange(list, range);
  return list;
};

/**
 * Ranges that are not the public internet: this machine, private networks, the metadata service of clouds, carrier NAT,
 * documentation, benchmarks, multicast, reserved. From the IANA special-purpose address registries.
 * One list per family: in a shared one an IPv4 address is looked for among the IPv6 ranges, too.
 */
const notPublic = {
  ipv4: listOf([
    '0.0.0.0/8',
    '10.0.0.0/8',
    '100.64.0.0/10',
    '127.0.0.0/8',
    // Where Azure answers every machine inside.
    '168.63.129.16',
    '169.254.0.0/16',
    '172.16.0.0/12',
    '192.0.0.0/24',
    '192.0.2.0/24',
    '192.88.99.0/24',
    '192.168.0.0/16',
    '198.18.0.0/15',
    '198.51.100.0/24',
    '203.0.113.0/24',
    '224.0.0.0/4',
    '240.0.0.0/4',
  ]),
  // All but 2000::/3: loopback, IPv4-mapped and -compatible, NAT64, unique local, link local, site local, multicast.
  ipv6: listOf(['::/3', '4000::/2', '8000::/1', '2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20']),
};

/** False for everything that is no address of the public internet, and for what is no address at all. */
export const isPublicAddress = (address: string): boolean => {
  const family = familyOf(address);
  return family !== null && !notPublic[family].check(address, family);
};

export interface Allowed {
  /** Whatever this host's addresses are. */
  hasHost(host: string): boolean;
  hasAddress(address: string): boolean;
}

/** Hosts, addresses and CIDR ranges separated by commas. `unreadable`: what is none of these. */
export const readAllowed = (text: string): { allowed: Allowed; unreadable: string[] } => {
  const hosts = new Set<string>();
  const ranges = new BlockList();
  const unreadable: string[] = [];
  for (const entry of text.split(',').map((part) => part.trim().toLowerCase())) {
    if (entry === '' || addRange(ranges, entry)) continue;
    if (/^(?=.*[a-z])[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/.test(entry)) hosts.add(entry);
    else unreadable.push(entry);
  }
  return {
    allowed: {
      hasHost: (host) => hosts.has(host),
      hasAddress: (address) => {
        const family = familyOf(address);
        return family !== null && ranges.check(address, family);
      },
    },
    unreadable,
  };
};
