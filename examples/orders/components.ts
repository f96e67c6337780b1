// The shop's own components: plain functions, with types for their readers.

type Item = { sku: string; quantity: number; cents: number }
type Order = { id: number; customer: string; country: string; items: Item[] }
type Priced = { id: number; country: string; pieces: number; euro: number }
/** What the warehouse says, or the answer over HTTP that holds it. */
type Reserved = { shelf: string } | { body: { shelf: string } }
type Morning = { total: object; reserved: Reserved[]; review: unknown }
type Rates = { [country: string]: number }

/** What a call to another machine takes. */
const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

/** An error with a code: a flow can say which codes are worth another try. */
const failure = (code: string, message: string): Error => Object.assign(new Error(message), { code })

export default {
  // The exchange office is closed, so that the flow shows what it does without it.
  '/exchange/rates': async () => {
    await wait(30)
    throw failure('OFFICE_CLOSED', 'The exchange office is closed')
  },

  // Pure: running it again does no harm, so it may run before anything is written down.
  '/orders/price': {
    effect: 'pure',
    run: ({ order, rates }: { order: Order; rates: Rates }): Priced => {
      const cents = order.items.reduce((sum, item) => sum + item.quantity * item.cents, 0)
      const pieces = order.items.reduce((sum, item) => sum + item.quantity, 0)
      return {
        id: order.id,
        country: order.country,
        pieces,
        euro: Math.round(cents * (rates[order.country] ?? 1)) / 100,
      }
    },
  },

  // Every ninth order finds the warehouse busy at first.
  '/warehouse/reserve': async ({ order }: { order: Priced }, { attempt }: { attempt: number }) => {
    await wait(25)
    if (order.id % 9 === 0 && attempt === 1) throw failure('RESOURCE_UNAVAILABLE', 'The warehouse is busy')
    return { id: order.id, shelf: `${order.country}-${order.id % 12}` }
  },

  '/orders/total': ({ orders, limit = 1_000 }: { orders: Priced[]; limit?: number }) => {
    const largest = orders.reduce((a, b) => (b.euro > a.euro ? b : a))
    const euro = orders.reduce((sum, order) => sum + Math.round(order.euro * 100), 0) / 100
    return { orders: orders.length, euro, largest, isOrdinary: largest.euro < limit }
  },

  // Somebody would have to look at it; the flow skips this as long as all orders are ordinary.
  '/staff/review': ({ order }: { order: Priced }) => ({ reviewed: order.id }),

  '/orders/summary': ({ total, reserved, review }: Morning) => ({
    ...total,
    shelves: new Set(reserved.map((one) => ('body' in one ? one.body : one).shelf)).size,
    review,
  }),
}
