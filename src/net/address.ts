// Which addresses belong to the public internet. Everything else is refused unless an operator allows it.
// Written as what is let through, so that a range nobody thought of stays closed.
import ipaddr from 'ipaddr.js'

type Address = ipaddr.IPv4 | ipaddr.IPv6

/** Unicast space that was ever given out (RFC 4291, §2.4). The rest holds mapped, compatible, translated and local addresses. */
const GLOBAL_IPV6 = { prefix: '2000::', bits: 3 }

/** A public address that answers only inside one cloud, with its machines' settings and certificates. */
const WIRE_SERVER = '168.63.129.16'

/** Why `address` may not be dialled, in a few words, or `null` where it is a public one. */
export function refusalOf(address: string): string | null {
  const parsed = parseAddress(address)
  if (parsed === null) return 'no address'
  const range: string = parsed.range()
  if (range !== 'unicast') return RANGE_NAMES[range] ?? 'a reserved address'
  if (parsed.toString() === WIRE_SERVER) return 'an address of a cloud platform'
  return isGlobal(parsed) ? null : 'a reserved address'
}

const RANGE_NAMES: { readonly [range: string]: string } = {
  broadcast: 'the broadcast address',
  carrierGradeNat: 'a carrier-grade NAT address',
  ipv4Mapped: 'an IPv4 address in disguise',
  linkLocal: 'a link-local address, where cloud platforms give out the credentials of a machine',
  loopback: 'a loopback address',
  multicast: 'a multicast address',
  private: 'a private address',
  rfc6052: 'an IPv4 address behind NAT64',
  '6to4': 'an IPv4 address inside 6to4',
  teredo: 'an IPv4 address inside Teredo',
  uniqueLocal: 'a private address',
  unspecified: 'an unspecified address',
}

function isGlobal(address: Address): boolean {
  return address.kind() === 'ipv4' || address.match(ipaddr.parse(GLOBAL_IPV6.prefix), GLOBAL_IPV6.bits)
}

function parseAddress(address: string): Address | null {
  try {
    return ipaddr.parse(address)
  } catch {
    return null
  }
}
