// The form HOST:PORT in which an operator names an address that flows may reach all the same.

/** The default ports of the two protocols that are spoken. */
const DEFAULT_PORTS: { readonly [protocol: string]: string } = { 'http:': '80', 'https:': '443' }

/**
 * `text` in its one canonical spelling: `LocalHost.:080` and `localhost:80` are the same address.
 *
 * @returns `null` where `text` is not HOST:PORT; an IPv6 address stands in brackets.
 */
export function toHostPort(text: string): string | null {
  const [, host, port] = /^(\[[0-9a-f:.]+\]|[^\s/?#@:[\]\\%]+):(\d{1,5})$/i.exec(text) ?? []
  if (host === undefined || !URL.canParse(`http://${host}`)) return null
  const number = Number(port)
  return number > 0 && number < 65_536 ? hostPort(new URL(`http://${host}`).hostname, number) : null
}

/** The canonical spelling of a host, as a `URL` has it or as an address, and a port. */
export function hostPort(host: string, port: number): string {
  const bare = host.replace(/\.$/, '')
  return `${bare.includes(':') && !bare.startsWith('[') ? `[${bare}]` : bare}:${port}`
}

/** The HOST:PORT that `url` leads to. */
export function hostPortOf(url: URL): string {
  return hostPort(url.hostname, Number(url.port || DEFAULT_PORTS[url.protocol]))
}
