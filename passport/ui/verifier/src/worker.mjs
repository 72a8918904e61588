// Runs beside the page, so that the page stays free while signatures are checked.

import { verifyBundle } from "./verify.mjs";

self.addEventListener("message", async ({ data }) => {
  const { bytes, at, ...options } = data;
  const progress = (done, all) => self.postMessage({ done, all });
  try {
    const report = await verifyBundle(new Uint8Array(bytes), { ...options, at: new Date(at), progress });
    self.postMessage({ report });
  } catch (error) {
    self.postMessage({ failed: String(error?.stack ?? error) });
  }
});
