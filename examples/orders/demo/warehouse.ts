// The warehouse: a server on this machine that books orders, knows a call that it had before by its key, and is busy now and then.
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { setTimeout as wait } from 'node:timers/promises'

type Order = { readonly id: number; readonly country: string }
type Booking = { readonly order: number; readonly shelf: string }

export type Warehouse = {
  /** `host:port`. */
  readonly host: string
  /** What was booked, by the key of the call that asked for it. */
  readonly book: ReadonlyMap<string, Booking>
  /** Keys that came again after they had been booked: nobody was there to hear the answer. */
  readonly repeated: ReadonlySet<string>
  /** Keys that were told to come back later. */
  readonly refused: ReadonlySet<string>
  close(): void
}

const WORK_MS = 20

/** @param onBooked Told of each booking before it is answered. */
export async function openWarehouse(onBooked: (count: number) => void): Promise<Warehouse> {
  const book = new Map<string, Booking>()
  const [repeated, refused] = [new Set<string>(), new Set<string>()]

  /** Every ninth order comes at a bad moment. Work that was begun is done, also where the caller is gone. */
  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const key = String(request.headers['idempotency-key'])
    const order: Order = JSON.parse(await text(request))
    await wait(WORK_MS)
    const known = book.get(key)
    if (known !== undefined) repeated.add(key)
    else if (order.id % 9 === 0 && !refused.has(key)) {
      refused.add(key)
      return void response.writeHead(503).end('busy')
    }
    const booking = known ?? { order: order.id, shelf: `${order.country}-${order.id % 12}` }
    book.set(key, booking)
    if (known === undefined) onBooked(book.size)
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(booking))
  }

  const server = createServer((request, response) => void answer(request, response).catch(() => response.destroy()))
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return {
    host: `127.0.0.1:${port}`,
    book,
    repeated,
    refused,
    close() {
      server.close()
      server.closeAllConnections()
    },
  }
}
