// Libraries that only those who talk to models install.
import { ComponentError } from '../component.ts'

/**
 * What `load` imports.
 *
 * @param install What to install, for the message.
 * @throws ComponentError `LIBRARY_MISSING`
 */
export async function libraries<T>(install: string, load: () => Promise<T>): Promise<T> {
  try {
    return await load()
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND')) throw error
    const message = `Cannot ask a model without its libraries: npm install ${install}`
    throw new ComponentError({ code: 'LIBRARY_MISSING', message, isRetryable: false })
  }
}
